package dev.jsbx.cli.branch;

import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.DefaultTypedConfigGetter;

/**
 * Tells JGit, whatever config it asks, what it would otherwise measure for some seconds, by files
 * that it writes into the repository: how coarse time stamps are, and how young a file is whose
 * stamp may not tell.
 */
final class FileTimes extends DefaultTypedConfigGetter {
    private static final String FILE_SYSTEM = "filesystem";

    /** FAT's, than which no file system's are coarser. */
    private static final long COARSEST_SECONDS = 2;

    private FileTimes() {}

    /** From here on JGit measures nothing in this JVM. */
    static void tell() {
        Config.setTypedConfigGetter(new FileTimes());
    }

    @Override
    public Long getTimeUnit(
            Config config,
            String section,
            String subsection,
            String name,
            Long otherwise,
            TimeUnit unit) {
        return section.equals(FILE_SYSTEM)
                ? Long.valueOf(unit.convert(COARSEST_SECONDS, TimeUnit.SECONDS))
                : super.getTimeUnit(config, section, subsection, name, otherwise, unit);
    }
}
