package rulebook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"huiying/configs"
)

// read is the content of a file of the folder, by the name problems give it.
func (f Folder) read(name string) ([]byte, error) {
	var data []byte
	var err error
	if f.Shipped {
		data, err = fs.ReadFile(configs.FS, name)
	} else {
		data, err = os.ReadFile(filepath.Clean(name))
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// names lists the rule files of the folder.
func (f Folder) names() ([]string, error) {
	entries, err := os.ReadDir(filepath.Clean(f.Dir))
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", f.Dir, err)
	}
	var out []string
	for _, e := range entries {
		ext := strings.ToLower(path.Ext(e.Name()))
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || ext != ".yaml" && ext != ".yml" {
			continue
		}
		out = append(out, filepath.Join(f.Dir, e.Name()))
	}
	slices.Sort(out)
	return out, nil
}

// write replaces a file's content in one step: whoever reads it meanwhile sees
// all of the old or all of the new. Its permissions stay, and a symbolic link
// stays one.
func write(name string, data []byte) (err error) {
	name, err = filepath.EvalSymlinks(name)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(temp.Name()))
		}
	}()
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), name) //nolint:wrapcheck // wrapped above
}
