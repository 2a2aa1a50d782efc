package recipe

import (
	"fmt"
	"maps"
	"slices"

	"github.com/facula-ml/facula/data/transform"
	"github.com/facula-ml/facula/tensor"
)

// augmentKind is one of the list data.augment.
type augmentKind struct {
	how  string
	most int
	make func(c *call) transform.Transform
}

func augmentKinds() map[string]augmentKind {
	return map[string]augmentKind{
		"hflip": {"hflip(p=0.5)", 1, func(c *call) transform.Transform { return transform.RandomHFlip(c.float(0, "p", 0.5, false)) }},
		"vflip": {"vflip(p=0.5)", 1, func(c *call) transform.Transform { return transform.RandomVFlip(c.float(0, "p", 0.5, false)) }},
		"crop": {"crop(size, padding=0)", 1, func(c *call) transform.Transform {
			size, pad := c.int(0, "size"), c.intOr(-1, "padding", 0)
			return transform.Compose(transform.Pad(pad, pad, pad, pad), transform.RandomCrop(size, size))
		}},
		"resizedcrop": {"resizedcrop(size)", 1, func(c *call) transform.Transform {
			size := c.int(0, "size")
			return transform.RandomResizedCrop(size, size)
		}},
		"rotate": {"rotate(degrees)", 1, func(c *call) transform.Transform { return transform.RandomRotation(c.float(0, "degrees", 0, true)) }},
		"jitter": {"jitter(brightness=0, contrast=0, saturation=0, hue=0)", 4, func(c *call) transform.Transform {
			return transform.ColorJitter(c.float(0, "brightness", 0, false), c.float(1, "contrast", 0, false), c.float(2, "saturation", 0, false), c.float(3, "hue", 0, false))
		}},
		"erase": {"erase(p=0.5)", 1, func(c *call) transform.Transform { return transform.RandomErasing(c.float(0, "p", 0.5, false)) }},
		"noise": {"noise(sigma)", 1, func(c *call) transform.Transform { return transform.RandomNoise(c.float(0, "sigma", 0, true)) }},
		"randaugment": {"randaugment(n=2, strength=0.3)", 2, func(c *call) transform.Transform {
			return transform.RandAugment(c.intOr(0, "n", 2), c.float(1, "strength", 0.3, false))
		}},
	}
}

// AugmentKinds lists how to write each, in order.
func AugmentKinds() []string {
	var out []string
	for _, k := range augmentKinds() {
		out = append(out, k.how)
	}
	slices.Sort(out)
	return out
}

// augment makes the transforms of the list.
func (d *Data) augment() ([]transform.Transform, error) {
	kinds := augmentKinds()
	var all []transform.Transform
	for i, text := range d.Augment {
		c, err := parseCall(text)
		if err != nil {
			return nil, fmt.Errorf("data.augment, item %d: %w", i+1, err)
		}
		k, ok := kinds[c.name]
		if !ok {
			return nil, fmt.Errorf("data.augment, item %d: there is no %q%s", i+1, c.name, Suggest(c.name, slices.Sorted(maps.Keys(kinds))))
		}
		c.wanted = k.how
		var t transform.Transform
		misuse := tensor.Try(func() { t = k.make(c) })
		if err := c.end(k.most); err != nil {
			return nil, fmt.Errorf("data.augment, item %d: %w", i+1, err)
		}
		if misuse != nil {
			return nil, fmt.Errorf("data.augment, item %d: %w", i+1, misuse)
		}
		all = append(all, t)
	}
	return all, nil
}
