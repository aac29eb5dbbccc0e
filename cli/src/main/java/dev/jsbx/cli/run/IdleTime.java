package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.SandboxConfig;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a sandbox goes on without a session, as users write it. */
public final class IdleTime {
    private static final Pattern TIME = Pattern.compile("(\\d{1,6})(s|m|h)");
    private static final Duration NEVER = Duration.ofSeconds(-1);

    private IdleTime() {}

    /**
     * Reads it.
     *
     * @param text such as {@code 30s}, {@code 5m}, {@code 1h} or {@code off}; null if nobody said
     * @return negative for off
     * @throws Failure with code 2
     */
    public static Duration parse(String text) {
        if (text == null) {
            return SandboxConfig.IDLE;
        }
        if (text.equals("off")) {
            return NEVER;
        }
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw Failure.usage(
                    "the idle time " + text + " is none: write it as 30s, 5m, 1h or off");
        }
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** As {@link #parse} takes it. */
    public static String text(Duration idle) {
        return idle.isNegative() ? "off" : idle.toSeconds() + "s";
    }
}
