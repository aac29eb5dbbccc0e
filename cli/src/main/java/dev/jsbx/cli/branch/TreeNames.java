package dev.jsbx.cli.branch;

import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * Names in a tree that {@code git fsck} refuses and JGit's checks let pass: those that NTFS takes
 * for {@code .git}, and a link in place of {@code .gitmodules}, which would have git read its
 * settings from anywhere.
 */
final class TreeNames {
    /** Code points that HFS+ passes over (git's {@code next_hfs_char}). */
    private static final Pattern IGNORED =
            Pattern.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]");

    /** What follows a name on NTFS without being of it: a stream, dots and spaces. */
    private static final Pattern NTFS_REST = Pattern.compile("(:.*|[. ]+)$", Pattern.DOTALL);

    private static final Pattern GIT = Pattern.compile("\\.git|git~1");

    // The short names that NTFS gives, first of all and then by a hash of the name.
    private static final Pattern MODULES =
            Pattern.compile("\\.gitmodules|gitmod~[1-4]|(?=.{8}$)g?i?7?e?b?a?~[1-9][0-9]*");

    private TreeNames() {}

    /**
     * Checks a tree that is well formed.
     *
     * @throws CorruptObjectException naming what is refused
     */
    static void check(byte[] tree) throws CorruptObjectException {
        CanonicalTreeParser entries = new CanonicalTreeParser();
        for (entries.reset(tree); !entries.eof(); entries.next()) {
            String name = entries.getEntryPathString();
            for (String part : name.split("\\\\")) { // which is no separator here, but is on NTFS
                if (GIT.matcher(onNtfs(part)).matches()) {
                    throw new CorruptObjectException("a file system takes " + name + " for .git");
                }
            }
            if (entries.getEntryFileMode() == FileMode.SYMLINK && isModules(name)) {
                throw new CorruptObjectException(name + " is a symbolic link");
            }
        }
    }

    private static boolean isModules(String name) {
        String onHfs = IGNORED.matcher(name).replaceAll("").toLowerCase(Locale.ROOT);
        return MODULES.matcher(onHfs).matches() || MODULES.matcher(onNtfs(name)).matches();
    }

    private static String onNtfs(String name) {
        String stripped = NTFS_REST.matcher(name).replaceFirst("");
        return NTFS_REST.matcher(stripped).replaceFirst("").toLowerCase(Locale.ROOT);
    }
}
