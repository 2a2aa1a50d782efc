// Package images reads and writes pictures as tensors, and folders of them as
// data sets.
//
//	train, err := images.OpenFolder("pets/train") // pets/train/cat/1.jpg, pets/train/dog/7.png, …
//	names := train.Classes()                      // cat, dog
//	sample, err := train.At(0)                    // X float32 [3, height, width] from 0 to 1, Y the class
//
// [Open] and [Decode] read PNG, JPEG, GIF (the first picture), WebP, BMP and TIFF.
// [SavePNG] writes a picture, and [MakeGrid] lays many out as one. Package
// transform brings the pictures of a folder to one size.
//
// A few bytes can declare a picture of any size, so pictures of more than
// [MaxPixels] are refused before memory is taken for them.
package images
