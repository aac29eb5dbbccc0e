package dev.jsbx.cli.branch;

import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;

/** A config without a file, that knows nothing and keeps nothing. */
final class NoConfig extends FileBasedConfig {
    NoConfig(Config parent, FS fs) {
        super(parent, null, fs);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
        return false;
    }
}
