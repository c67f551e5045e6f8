// Package views answers questions over several tables, a file for each. It reads and
// writes nothing; a question over one table is asked of the package that owns it.
package views
