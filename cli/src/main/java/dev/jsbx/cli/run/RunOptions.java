package dev.jsbx.cli.run;

import dev.jsbx.cli.sandbox.NetworkMode;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.cli.terminal.DetachKeys;
import java.util.List;

/**
 * A checked {@code run} command line.
 *
 * @param name of the sandbox, or null for one that lives as long as its command
 * @param cpus 1 to 8
 * @param memory in bytes
 * @param image its name
 * @param engine {@code auto}, {@code kvm} or {@code qemu}
 * @param network what the guest's network is
 * @param branch to work on in a clone; null to work in the workspace itself
 * @param unguarded whether the guest may change what the host's git takes commands from
 * @param environment of the command
 * @param user of the guest who runs the command
 * @param workdir absolute path in the guest
 * @param workspaces the first is the current directory
 * @param terminal whether the command gets a terminal
 * @param detachKeys watched for when it has one
 * @param console whether the kernel's messages go to standard error
 * @param timeline whether to say where start-up time went
 * @param quiet whether to say nothing but errors
 * @param agent whose command it is; empty for any other
 * @param command and its arguments
 */
public record RunOptions(
        String name,
        int cpus,
        long memory,
        String image,
        String engine,
        NetworkMode network,
        String branch,
        boolean unguarded,
        Environment environment,
        String user,
        String workdir,
        List<Workspace> workspaces,
        boolean terminal,
        DetachKeys detachKeys,
        boolean console,
        boolean timeline,
        boolean quiet,
        String agent,
        List<String> command) {}
