package special_test

import (
	"slices"
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/special"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/tensor/optest"
)

// Aliases, which name no function, make the calls of another entry.
func TestOps(t *testing.T) {
	table := slices.DeleteFunc(special.Entries(), func(e tensor.Entry) bool { return e.Go == nil })
	optest.Run(t, &cpu.CPU{}, table...)
}
