package dev.jsbx.cli.branch;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * Runs JGit without the user's and the system's git config. A {@code .gitattributes} file from a
 * sandbox chooses which configured filter runs on a file; where no filter is configured, none can.
 *
 * <p>JGit keeps its reader of configs in one global place, so calls are serialised.
 */
final class IsolatedConfig {
    private IsolatedConfig() {}

    static synchronized <T> T call(Callable<T> work) throws Exception {
        SystemReader ofTheProcess = SystemReader.getInstance();
        SystemReader.setInstance(new Empty(ofTheProcess));
        try {
            return work.call();
        } finally {
            SystemReader.setInstance(ofTheProcess);
        }
    }

    private static final class Empty extends SystemReader.Delegate {
        Empty(SystemReader reader) {
            super(reader);
        }

        @Override
        public FileBasedConfig openUserConfig(Config parent, FS fs) {
            return new Nothing(parent, fs);
        }

        @Override
        public FileBasedConfig openSystemConfig(Config parent, FS fs) {
            return new Nothing(parent, fs);
        }

        @Override
        public FileBasedConfig openJGitConfig(Config parent, FS fs) {
            return new Nothing(parent, fs);
        }
    }

    private static final class Nothing extends FileBasedConfig {
        private static final String FILE_SYSTEM = "filesystem";

        /** FAT's, than which no file system's are coarser. */
        private static final long COARSEST_SECONDS = 2;

        Nothing(Config parent, FS fs) {
            super(parent, null, fs);
        }

        @Override
        public void load() {}

        @Override
        public void save() {}

        // What JGit would otherwise measure for some seconds, by files that it writes into the
        // repository: how coarse time stamps are, and how young a file is whose stamp may not tell.
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
}
