package dev.jsbx.cli.run;

/**
 * A checked {@code run} command line.
 *
 * @param name of the sandbox; null for a new one
 * @param create what it is to be if there is none of that name
 * @param command what runs in it; no words with {@code detached}: nothing
 * @param detached whether to leave as soon as it runs
 * @param console whether the kernel's messages go to standard error
 * @param timeline whether to say where start-up time went
 * @param quiet whether to say nothing but errors
 */
public record RunOptions(
        String name,
        CreateOptions create,
        GuestCommand command,
        boolean detached,
        boolean console,
        boolean timeline,
        boolean quiet) {}
