// Package bench compares the product with libraries that it does not use.
package bench
