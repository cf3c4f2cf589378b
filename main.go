// Command aigc puts image and video models behind one REST API and one MCP
// server. See `aigc help`.
package main

import (
	"os"

	"aigc/app/cli"
	"aigc/modules"
)

func main() { os.Exit(cli.Main(modules.All(), modules.Sandboxes())) }
