package vision_test

import (
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor/optest"
	"github.com/facula-ml/facula/vision"
)

func TestOps(t *testing.T) { optest.Run(t, &cpu.CPU{}, vision.Entries()...) }
