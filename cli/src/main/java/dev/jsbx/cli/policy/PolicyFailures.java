package dev.jsbx.cli.policy;

import dev.jsbx.cli.Failure;
import dev.jsbx.netstack.policy.Policy;
import dev.jsbx.netstack.policy.PolicyFile;
import dev.jsbx.netstack.policy.PolicySyntaxException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;

/** Calls of the policy file whose errors the user is told in one line. */
final class PolicyFailures {
    private PolicyFailures() {}

    /** Something done with the file. */
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * @throws Failure if the file is broken or cannot be used
     */
    static <T> T of(PolicyFile file, Work<T> work) {
        try {
            return work.run();
        } catch (PolicySyntaxException e) {
            throw Failure.failed(
                    e.getMessage() + ": correct it, or jsbx policy reset; all is denied meanwhile");
        } catch (AccessDeniedException e) {
            throw Failure.failed(e.getFile() + ": permission denied: see its owner and mode");
        } catch (IOException e) {
            throw Failure.failed("cannot use " + file.path() + ": " + e.getMessage());
        }
    }

    static Policy read(PolicyFile file) {
        return of(file, file::read);
    }
}
