package dev.jsbx.cli.branch;

import java.util.concurrent.Callable;
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
    static {
        FileTimes.tell();
    }

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
            return new NoConfig(parent, fs);
        }

        @Override
        public FileBasedConfig openSystemConfig(Config parent, FS fs) {
            return new NoConfig(parent, fs);
        }

        @Override
        public FileBasedConfig openJGitConfig(Config parent, FS fs) {
            return new NoConfig(parent, fs);
        }
    }
}
