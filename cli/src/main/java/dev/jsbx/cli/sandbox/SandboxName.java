package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** Names of sandboxes, which are also host names and directory names. */
public final class SandboxName {
    private static final int MAX_LENGTH = 63; // a DNS label, RFC 1035 §2.3.4

    private static final int ROOM_FOR_NUMBER = 4;

    private SandboxName() {}

    /**
     * Checks a name that a user chose.
     *
     * @throws Failure if it is none
     */
    public static String check(String name) {
        if (name.length() < 2 || name.length() > MAX_LENGTH) {
            throw refused(name, "has " + name.length() + " characters, not 2 to 63");
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isAllowed(name.charAt(i))) {
                throw refused(name, "has a '" + name.charAt(i) + "' in it");
            }
        }
        if (isPunctuation(name.charAt(0)) || isPunctuation(name.charAt(name.length() - 1))) {
            throw refused(name, "starts or ends with a hyphen or period");
        }
        if (name.equals("default")) {
            throw refused(name, "is reserved");
        }
        return name;
    }

    /** Whether {@link #check} takes a name. */
    public static boolean isValid(String name) {
        try {
            check(name);
            return true;
        } catch (Failure e) {
            return false;
        }
    }

    /** A name for a sandbox that lives as long as its command. */
    public static String random() {
        return "run-" + Integer.toHexString(ThreadLocalRandom.current().nextInt() | 0x10000000);
    }

    /** The name of an agent's sandbox on a directory, such as {@code claude-webshop}. */
    public static String of(String agent, Path directory) {
        StringBuilder name = new StringBuilder(agent).append('-');
        for (char c : directory.getFileName().toString().toCharArray()) {
            name.append(isAllowed(c) ? c : '-');
        }
        name.setLength(Math.min(name.length(), MAX_LENGTH - ROOM_FOR_NUMBER));
        while (isPunctuation(name.charAt(name.length() - 1))) {
            name.setLength(name.length() - 1);
        }
        return name.toString();
    }

    private static boolean isAllowed(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || isPunctuation(c);
    }

    private static boolean isPunctuation(char c) {
        return c == '-' || c == '.';
    }

    private static Failure refused(String name, String why) {
        return Failure.usage(
                "the name " + name + " " + why + ": use letters, digits, hyphens and periods");
    }
}
