package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/facula-ml/facula/models"
)

func (a *app) models() *cobra.Command {
	return &cobra.Command{
		Use:   "models",
		Short: "Lists the models that a recipe can name: model.zoo = \"resnet18\"",
		Long: `models lists the networks that facula knows by name. Their tensors have the names of
torchvision's and Hugging Face's, so weights from there load as they are:

  [model]
  zoo = "resnet18"
  weights = "resnet18-f37072fd.pth"`,
		Args: wantArgs(0, 0, "none"),
		RunE: func(*cobra.Command, []string) error {
			type row struct {
				Name        string `json:"name"`
				Description string `json:"description"`
				Input       []int  `json:"input"`
				Classes     int    `json:"classes"`
				Parameters  int    `json:"parameters"`
				Language    bool   `json:"language"`
			}
			var list []row
			rows := [][]string{{"name", "parameters", "input", "what"}}
			for _, e := range models.All() {
				list = append(list, row{e.Name, e.Description, e.Input, e.Classes, e.Params, e.Language})
				rows = append(rows, []string{e.Name, thousands(int64(e.Params)), fmt.Sprint(e.Input), e.Description})
			}
			return a.result(list, func() { a.table(rows) })
		},
	}
}
