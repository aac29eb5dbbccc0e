package dev.jsbx.cli.branch;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;

/** The name of the branch that a sandbox works on. */
public final class BranchName {
    private BranchName() {}

    /**
     * Checks a name the user gave, or makes one for {@code auto}.
     *
     * @param sandbox goes into a generated name
     * @throws BranchException if git would refuse the name or the branch exists
     */
    public static String choose(String wanted, String sandbox, Repository repository)
            throws IOException {
        if (wanted.equals("auto")) {
            return generate(sandbox, repository);
        }
        if (!Repository.isValidRefName(Constants.R_HEADS + wanted)
                || wanted.startsWith("-")
                || wanted.equals(Constants.HEAD)) {
            throw new BranchException(
                    "\"" + wanted + "\" is no branch name; see git help check-ref-format");
        }
        if (repository.exactRef(Constants.R_HEADS + wanted) != null) {
            throw new BranchException(
                    "branch "
                            + wanted
                            + " exists; choose another name, or delete it with git branch -D "
                            + wanted);
        }
        refuseNesting(wanted, repository);
        return wanted;
    }

    // refs/heads/a and refs/heads/a/b cannot both exist.
    private static void refuseNesting(String wanted, Repository repository) throws IOException {
        for (int slash = wanted.indexOf('/'); slash >= 0; slash = wanted.indexOf('/', slash + 1)) {
            String prefix = wanted.substring(0, slash);
            if (repository.exactRef(Constants.R_HEADS + prefix) != null) {
                throw new BranchException(
                        "branch "
                                + wanted
                                + " cannot stand beside branch "
                                + prefix
                                + "; choose another name");
            }
        }
        if (!repository
                .getRefDatabase()
                .getRefsByPrefix(Constants.R_HEADS + wanted + "/")
                .isEmpty()) {
            throw new BranchException(
                    "branch "
                            + wanted
                            + " cannot stand beside branches below it; choose another name");
        }
    }

    private static String generate(String sandbox, Repository repository) throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] suffix = new byte[3];
        String name;
        do {
            random.nextBytes(suffix);
            name = "jsbx/" + sandbox + "-" + HexFormat.of().formatHex(suffix);
        } while (repository.exactRef(Constants.R_HEADS + name) != null);
        refuseNesting(name, repository);
        return name;
    }
}
