package special_test

import (
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/special"
	"github.com/facula-ml/facula/tensor/optest"
)

func TestOps(t *testing.T) { optest.Run(t, &cpu.CPU{}, special.Entries()...) }
