package datasets

import "errors"

var (
	// ErrFormat is in the error of a file that is not what its kind asks.
	ErrFormat = errors.New("bad format")

	// ErrChecksum is in the error of a file whose content is not the published one.
	ErrChecksum = errors.New("wrong checksum")

	// ErrInsecure is in the error of a download over plain HTTP whose content
	// no checksum would verify.
	ErrInsecure = errors.New("plain HTTP without a checksum")
)
