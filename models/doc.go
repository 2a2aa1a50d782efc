// Package models has well-known networks, whose tensors have the names and
// shapes that torchvision and Hugging Face give them, so that their weights
// load as they are:
//
//	m := models.NewResNet18(1000)
//	_, err := checkpoint.LoadInto(m, "resnet18-f37072fd.pth") // torchvision's
//	nn.Eval(m)
//	logits := m.Forward(images.NoGrad())
//
// A model is a struct with exported fields, as every model is (see package nn):
// change a layer by assigning to its field.
//
//	m.FC = nn.NewLinear(512, 10) // another head
//
// # Where to look
//
//   - Images to classes: [MLP], [LeNet], [ResNet], [MobileNetV2], [VGG], [ViT].
//   - Images to images: [UNet].
//   - Language: [WordLM] (an LSTM), [GPT2] with [GPT2.Generate], [BERT] with
//     sentence embeddings by [BERT.Embed].
//   - By name: [ByName], and [All] for the list.
//
// Models of images take options, [InChannels] and [Gen] among them; those of
// language a struct of sizes, which encoding/json fills from the config.json of
// Hugging Face. All images are [n, channels, height, width], and token numbers
// are int64 [batch, tokens], but for [WordLM], which has PyTorch's
// [tokens, batch].
//
// First weights are drawn as the originals draw theirs. From the same seed a
// [ResNet], [MobileNetV2], [VGG] or [WordLM] starts with the bits of its
// original.
package models
