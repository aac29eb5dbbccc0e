package dev.jsbx.cli.branch;

import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;

/**
 * A config without a file, that knows only what JGit would otherwise measure for some seconds, by
 * files that it writes into the repository: how coarse time stamps are, and how young a file is
 * whose stamp may not tell.
 */
final class SettledConfig extends FileBasedConfig {
    private static final String FILE_SYSTEM = "filesystem";

    /** FAT's, than which no file system's are coarser. */
    private static final long COARSEST_SECONDS = 2;

    SettledConfig(Config parent, FS fs) {
        super(parent, null, fs);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public long getTimeUnit(
            String section, String subsection, String name, long otherwise, TimeUnit unit) {
        return section.equals(FILE_SYSTEM)
                ? unit.convert(COARSEST_SECONDS, TimeUnit.SECONDS)
                : otherwise;
    }

    @Override
    public boolean isOutdated() {
        return false;
    }
}
