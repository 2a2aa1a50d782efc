package nn_test

import (
	"fmt"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

type attentionCase struct {
	Name, Module string
	Args         arguments
	Seed         uint64
	State        golden.State
	Calls        []attentionCall
}

type attentionCall struct {
	Training, One, Average     bool
	Seed                       *uint64
	Inputs, Grad_Inputs        []*golden.Tensor
	Masks                      map[string]*golden.Tensor
	Output, Cotangent, Weights *golden.Tensor
	Grads                      golden.State
}

// Attention layers and transformers have PyTorch's state names, its initial
// values to the bit, and in float64 its outputs, weights and gradients.
func TestAttentionGolden(t *testing.T) {
	var file struct{ Cases []attentionCase }
	golden.Read(t, "testdata/attention.json", &file)
	if len(file.Cases) < 15 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) { c.run(t) })
	}
}

func (c *attentionCase) run(t *testing.T) {
	m := c.build(nn.Gen(tensor.NewGenerator(c.Seed)))
	state := nn.StateDict(m)
	if got, want := fmt.Sprint(state.Names()), fmt.Sprint(namesOf(c.State)); got != want {
		t.Fatalf("state names %s; want %s", got, want)
	}
	for _, s := range c.State {
		near(t, "initial "+s.Name, state.Get(s.Name), s.Tensor, 0)
	}
	if t.Failed() {
		return
	}
	nn.Cast(m, tensor.Float64)
	for i := range c.Calls {
		t.Run(fmt.Sprint(i), func(t *testing.T) { c.Calls[i].run(t, m) })
	}
}

func (c *attentionCall) run(t *testing.T, m any) {
	nn.Eval(m)
	if c.Training {
		nn.Train(m)
	}
	nn.ZeroGrad(m)
	var in []*tensor.Tensor
	for _, x := range c.Inputs {
		in = append(in, toTensor(x).RequireGrad())
	}
	if c.Seed != nil {
		setGen(m, tensor.NewGenerator(*c.Seed))
	}
	y, w := c.call(m, in)
	near(t, "output", y, c.Output, relative)
	near(t, "weights", w, c.Weights, relative)
	y.Backward(tensor.Seed(toTensor(c.Cotangent)))
	for i, g := range c.Grad_Inputs {
		near(t, fmt.Sprint("gradient of input ", i), in[i].Grad(), g, relative)
	}
	params := map[string]*tensor.Tensor{}
	for name, p := range nn.Params(m) {
		params[name] = p
	}
	if len(params) != len(c.Grads) {
		t.Errorf("%d parameters; PyTorch has %d", len(params), len(c.Grads))
	}
	for _, g := range c.Grads {
		near(t, "gradient of "+g.Name, params[g.Name].Grad(), g.Tensor, relative)
	}
}

// setGen gives all that drops one generator.
func setGen(m any, g *tensor.Generator) {
	nn.Apply(m, func(l any) {
		switch l := l.(type) {
		case *nn.Dropout:
			l.Gen = g
		case *nn.MultiheadAttention:
			l.Gen = g
		}
	})
}

// mask is a named argument of PyTorch's.
func (c *attentionCall) mask(name string) *tensor.Tensor {
	if c.Masks[name] == nil {
		return nil
	}
	return toTensor(c.Masks[name])
}

func (c *attentionCall) masks(attn, padding string) nn.Masks {
	return nn.Masks{Attn: c.mask(attn), KeyPadding: c.mask(padding)}
}

func (c *attentionCall) call(m any, in []*tensor.Tensor) (y, w *tensor.Tensor) {
	target, memory := c.masks("tgt_mask", "tgt_key_padding_mask"), c.masks("memory_mask", "memory_key_padding_mask")
	switch m := m.(type) {
	case *nn.MultiheadAttention:
		if c.One {
			in = []*tensor.Tensor{in[0], in[0], in[0]}
		}
		masks := c.masks("attn_mask", "key_padding_mask")
		if c.Weights != nil {
			return m.AttendWeights(in[0], in[1], in[2], masks, c.Average)
		}
		return m.Attend(in[0], in[1], in[2], masks), nil
	case *nn.TransformerEncoderLayer:
		return m.Masked(in[0], c.masks("src_mask", "src_key_padding_mask")), nil
	case *nn.TransformerDecoderLayer:
		return m.Masked(in[0], in[1], target, memory), nil
	case *nn.TransformerEncoder:
		return m.Masked(in[0], c.masks("mask", "src_key_padding_mask")), nil
	case *nn.TransformerDecoder: // the mask that these cases have
		return m.Masked(in[0], in[1], nn.Masks{Causal: target.Attn != nil}, memory), nil
	case *nn.Transformer:
		return m.Masked(in[0], in[1], c.masks("src_mask", "src_key_padding_mask"), target, memory), nil
	}
	panic(fmt.Sprintf("unknown module %T", m))
}

func (c *attentionCase) build(g nn.GenOption) any {
	a := c.Args
	if c.Module == "MultiheadAttention" {
		opts := []nn.AttentionOption{g}
		opts = add(a, opts, "bias", func() nn.AttentionOption { return nn.NoBias })
		opts = add(a, opts, "dropout", func() nn.AttentionOption { return nn.DropoutP(a["dropout"].(float64)) })
		opts = add(a, opts, "kdim", func() nn.AttentionOption { return nn.KDim(a.int("kdim")) })
		opts = add(a, opts, "vdim", func() nn.AttentionOption { return nn.VDim(a.int("vdim")) })
		opts = add(a, opts, "add_bias_kv", func() nn.AttentionOption { return nn.AddBiasKV })
		opts = add(a, opts, "add_zero_attn", func() nn.AttentionOption { return nn.AddZeroAttn })
		opts = add(a, opts, "batch_first", func() nn.AttentionOption { return nn.BatchFirst })
		return nn.NewMultiheadAttention(a.int("embed_dim"), a.int("num_heads"), opts...)
	}
	opts := []nn.TransformerOption{g, nn.FeedForward(a.int("dim_feedforward"))}
	opts = add(a, opts, "dropout", func() nn.TransformerOption { return nn.DropoutP(a["dropout"].(float64)) })
	opts = add(a, opts, "batch_first", func() nn.TransformerOption { return nn.BatchFirst })
	opts = add(a, opts, "norm_first", func() nn.TransformerOption { return nn.NormFirst })
	opts = add(a, opts, "layer_norm_eps", func() nn.TransformerOption { return nn.Eps(a["layer_norm_eps"].(float64)) })
	if a.is("activation", "gelu") {
		opts = append(opts, nn.Activation(nn.NewGELU()))
	}
	model, heads := a.int("d_model"), a.int("nhead")
	switch c.Module {
	case "TransformerEncoderLayer":
		return nn.NewTransformerEncoderLayer(model, heads, opts...)
	case "TransformerDecoderLayer":
		return nn.NewTransformerDecoderLayer(model, heads, opts...)
	case "TransformerEncoder":
		return nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(model, heads, opts...), a.int("layers"), nn.NewLayerNorm(model))
	case "TransformerDecoder":
		return nn.NewTransformerDecoder(nn.NewTransformerDecoderLayer(model, heads, opts...), a.int("layers"), nil)
	}
	return nn.NewTransformer(model, heads, a.int("num_encoder_layers"), a.int("num_decoder_layers"), opts...)
}
