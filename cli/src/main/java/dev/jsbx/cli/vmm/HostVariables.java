package dev.jsbx.cli.vmm;

import java.util.Map;
import java.util.Set;

/**
 * What a VMM process and its QEMU get of the host's environment: what finds files, programs and the
 * user's session. Whatever else the user has set, tokens among it, is in no environment that
 * belongs to a guest.
 */
final class HostVariables {
    private static final Set<String> KEPT =
            Set.of(
                    "PATH",
                    "HOME",
                    "USER",
                    "LOGNAME",
                    "SHELL",
                    "LANG",
                    "LANGUAGE",
                    "TZ",
                    "TMPDIR",
                    "DISPLAY",
                    "WAYLAND_DISPLAY",
                    "DBUS_SESSION_BUS_ADDRESS", // the keyring
                    "SSH_AUTH_SOCK",
                    "GNUPGHOME",
                    "PASSWORD_STORE_DIR",
                    "GH_CONFIG_DIR",
                    "AWS_PROFILE",
                    "AWS_CONFIG_FILE",
                    "AWS_SHARED_CREDENTIALS_FILE",
                    "SSL_CERT_FILE",
                    "SSL_CERT_DIR",
                    "_JAVA_SR_SIGNUM"); // the launcher's, as the signals that it blocks
    private static final Set<String> KEPT_GROUPS = Set.of("LC_", "XDG_");

    private HostVariables() {}

    /** Removes all others. */
    static void keepOnly(Map<String, String> environment) {
        environment
                .keySet()
                .removeIf(
                        name ->
                                !KEPT.contains(name)
                                        && KEPT_GROUPS.stream().noneMatch(name::startsWith));
    }
}
