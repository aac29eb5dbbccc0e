package dev.jsbx.cli;

import dev.jsbx.cli.vhostuser.FsServer;
import dev.jsbx.virtio.fs.CacheMode;
import dev.jsbx.virtio.fs.FsDevice;
import dev.jsbx.virtio.fs.Share;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx vhost-user}: jsbx's devices for any VMM. */
final class VhostUserCommand {
    private Path socket;
    private Path directory;
    private CacheMode cache = CacheMode.AUTO;
    private String tag = "jsbx";
    private int uid = Share.AGENT;
    private int gid = Share.AGENT;
    private final List<String> guarded = new ArrayList<>();
    private boolean readOnly;
    private boolean crossMounts;
    private boolean guestLocks;
    private boolean capabilities;

    CommandSpec spec() {
        CommandSpec spec =
                Spec.of(
                                "vhost-user",
                                "Serve a device of jsbx to another VMM.",
                                () -> {
                                    throw Failure.usage(
                                            "no device named: see jsbx vhost-user --help");
                                })
                        .build();
        spec.addSubcommand("fs", fs());
        spec.addSubcommand("net", new VhostUserNetCommand().spec());
        return spec;
    }

    private CommandSpec fs() {
        return Spec.of("fs", "Share a directory, as virtiofsd does.", this::serve)
                .value("--socket-path", "PATH", "Where to listen", p -> socket = Path.of(p))
                .value("--shared-dir", "DIR", "What to share", p -> directory = Path.of(p))
                .value(
                        "--cache",
                        "none|auto|always",
                        "What the guest may keep (default auto)",
                        mode -> cache = cacheMode(mode))
                .value(
                        "--locks",
                        "shared|guest",
                        "Whether locks hold against the host's programs too (default shared)",
                        where -> guestLocks = guestLocks(where))
                .flag("--readonly", "Let the guest change nothing", on -> readOnly = on)
                .flag(
                        "--announce-submounts",
                        "Share what is mounted beneath, too",
                        on -> crossMounts = on)
                .values(
                        "--guard",
                        "PATH",
                        "A path in the directory that the guest can only read; \"git\" means what"
                                + " git takes commands from",
                        this::guard)
                .value(
                        "--guest-owner",
                        "UID[:GID]",
                        "Whose the files are in the guest (default 1000:1000)",
                        this::guestOwner)
                .value("--tag", "NAME", "Tag, for VMMs that ask for it", this::tag)
                .flag("--print-capabilities", "Print JSON for libvirt", on -> capabilities = on)
                .build();
    }

    private static CacheMode cacheMode(String word) {
        return switch (word) {
            case "none", "never" -> CacheMode.NONE;
            case "auto" -> CacheMode.AUTO;
            case "always" -> CacheMode.ALWAYS;
            default -> throw Failure.usage("--cache " + word + ": choose none, auto or always");
        };
    }

    private static boolean guestLocks(String word) {
        if (!word.equals("guest") && !word.equals("shared")) {
            throw Failure.usage("--locks " + word + ": choose shared or guest");
        }
        return word.equals("guest");
    }

    private void tag(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > FsDevice.TAG_BYTES) {
            throw Failure.usage(
                    "--tag \"" + name + "\": choose one of 1 to " + FsDevice.TAG_BYTES + " bytes");
        }
        tag = name;
    }

    private void guestOwner(String ids) {
        try {
            int[] parts = Arrays.stream(ids.split(":", 2)).mapToInt(Integer::parseInt).toArray();
            uid = parts[0];
            gid = parts[parts.length - 1];
        } catch (NumberFormatException e) {
            throw Failure.usage("--guest-owner " + ids + ": write two numbers, as 1000:1000");
        }
    }

    private void guard(String[] paths) {
        guarded.clear();
        for (String path : paths) {
            if (path.equals("git")) {
                guarded.addAll(Share.GIT_COMMANDS);
            } else if (Path.of(path).isAbsolute() || Path.of(path).normalize().startsWith("..")) {
                throw Failure.usage(
                        "--guard "
                                + path
                                + " is not beneath the shared directory: write it as seen"
                                + " from there, as .git/hooks");
            } else {
                guarded.add(path);
            }
        }
    }

    private int serve() throws InterruptedException {
        if (capabilities) {
            System.out.println("{\"type\": \"fs\"}");
            return 0;
        }
        if (socket == null || directory == null) {
            throw Failure.usage("--socket-path and --shared-dir are needed: see --help");
        }
        Share share =
                Share.of(directory)
                        .cache(cache)
                        .readOnly(readOnly)
                        .crossMounts(crossMounts)
                        .guestLocks(guestLocks)
                        .guarded(guarded)
                        .guestOwner(uid, gid);
        FsServer server =
                FsServer.start(tag, socket, share, line -> System.err.println("jsbx: " + line));
        // SIGTERM and SIGINT end the JVM; the socket goes with it.
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "close"));
        new CountDownLatch(1).await();
        return 0;
    }
}
