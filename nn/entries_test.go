package nn_test

import (
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor/optest"
)

func TestOps(t *testing.T) { optest.Run(t, &cpu.CPU{}, nn.Entries()...) }
