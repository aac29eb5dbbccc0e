package dev.jsbx.cli.secret.command;

import dev.jsbx.cli.Failure;
import java.util.regex.Pattern;

/** Where another program keeps a value, as {@code sbx} writes it: the command that prints it. */
public final class Reference {
    /** No quote, so that it stays one word of the shell's. */
    private static final Pattern ONE_PASSWORD =
            Pattern.compile("op://[^'\\p{Cntrl}/]+(/[^'\\p{Cntrl}/]+)+");

    private static final Pattern SECRETS_MANAGER =
            Pattern.compile(
                    "arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\\d{12}:secret:[\\w/+=.@-]+");

    private Reference() {}

    /**
     * The command for a reference.
     *
     * @throws Failure if it is of no kind that jsbx knows
     */
    public static String command(String reference) {
        if (ONE_PASSWORD.matcher(reference).matches()) {
            return "op read --no-newline '" + reference + "'";
        }
        var manager = SECRETS_MANAGER.matcher(reference);
        if (manager.matches()) {
            return "aws secretsmanager get-secret-value --region "
                    + manager.group(1)
                    + " --secret-id '"
                    + reference
                    + "' --query SecretString --output text";
        }
        throw Failure.usage(
                "--ref "
                        + reference
                        + " is none that jsbx knows (op://VAULT/ITEM/FIELD,"
                        + " arn:aws:secretsmanager:…): use --command");
    }
}
