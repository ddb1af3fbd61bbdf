from export_whisper.cli import main

raise SystemExit(main())
