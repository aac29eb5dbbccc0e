package dev.jsbx.netstack.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace with one TAP device in it, made by {@code ip} and taken away by {@link
 * #close}. Linux in it plays the guest.
 */
public final class Namespace implements AutoCloseable {
    private final String name;
    private final String tap;

    private Namespace(String name, String tap) {
        this.name = name;
        this.tap = tap;
    }

    /** Why there can be no namespace here, or null. */
    public static String missing() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "not root: network namespaces and TAP devices need CAP_NET_ADMIN";
        }
        if (!Files.exists(Path.of("/dev/net/tun"))) {
            return "no /dev/net/tun";
        }
        return run(List.of("ip", "netns", "list"), 10).code == 0 ? null : "no ip command";
    }

    /** A new namespace, and the name of a TAP device to be moved there by {@link #adopt}. */
    public static Namespace create() {
        String id = Long.toString(ProcessHandle.current().pid(), 36) + nextId();
        Namespace ns = new Namespace("jsbx-" + id, "jt" + id);
        check("ip", "netns", "add", ns.name);
        check("ip", "-n", ns.name, "link", "set", "lo", "up");
        return ns;
    }

    private static int ids;

    private static synchronized int nextId() {
        return ids++;
    }

    public String tap() {
        return tap;
    }

    /** Moves the TAP device here and brings it up; addresses in CIDR form. */
    public void adopt(int mtu, String mac, String address, String gateway) {
        check("ip", "link", "set", tap, "netns", name);
        ip("link", "set", tap, "address", mac, "mtu", Integer.toString(mtu));
        ip("link", "set", tap, "up");
        if (address != null) {
            ip("addr", "add", address, "dev", tap);
            ip("route", "add", "default", "via", gateway, "dev", tap);
        }
    }

    /** Runs {@code ip} here. */
    public void ip(String... arguments) {
        List<String> all = new ArrayList<>(List.of("ip", "-n", name));
        all.addAll(List.of(arguments));
        check(all.toArray(String[]::new));
    }

    /** The command that runs another one here. */
    public List<String> command(String... arguments) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(arguments));
        return all;
    }

    /** Runs a command here to its end. */
    public Result exec(int seconds, String... arguments) {
        return run(command(arguments), seconds);
    }

    /** What a command left. */
    public record Result(int code, String output) {}

    /** Runs a command to its end; output and errors together. */
    public static Result run(List<String> command, int seconds) {
        try {
            Path out = Files.createTempFile("jsbx-netstack", ".out");
            try {
                Process p =
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectOutput(out.toFile())
                                .redirectInput(
                                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                                .start();
                if (!p.waitFor(seconds, TimeUnit.SECONDS)) {
                    p.destroyForcibly().waitFor();
                    return new Result(
                            -1, "not over after " + seconds + " s: " + Files.readString(out));
                }
                byte[] bytes = Files.readAllBytes(out);
                return new Result(p.exitValue(), new String(bytes, StandardCharsets.UTF_8));
            } finally {
                Files.delete(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void check(String... command) {
        Result r = run(List.of(command), 20);
        if (r.code != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + r.output);
        }
    }

    @Override
    public void close() {
        run(List.of("ip", "netns", "del", name), 20);
    }
}
