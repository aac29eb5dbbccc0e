package dev.jsbx.virtio.fs;

import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.guest.GuestConfig;
import dev.jsbx.virtio.guest.QemuGuest;
import dev.jsbx.virtio.guest.Shell;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several shares of one guest, each on terms of its own, keep their promises. */
class SharesGuestIT {
    @TempDir Path directory;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Map<String, Share> shares = new LinkedHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final GuestConfig config = new GuestConfig().module("virtiofs");
    private Thread appending;

    /** What the host does when the guest says so. */
    private interface Step {
        void run() throws IOException;
    }

    private Path make(String name) throws IOException {
        Path shared = Files.createDirectory(directory.resolve(name));
        Files.writeString(shared.resolve("file"), "old\n");
        return shared;
    }

    /**
     * Runs a script in whose directory each share has one of its own. {@code step} waits for the
     * host.
     */
    private String run(String script, Step... steps) throws Exception {
        shares.put("steps", Share.of(make("steps")).cache(CacheMode.NONE));
        StringBuilder all = new StringBuilder("set -e\n");
        all.append("n=0; step() { echo @step$n; while [ ! -e /mnt/steps/$n ]; do :; done;");
        all.append(" n=$((n + 1)); }\n");
        for (Map.Entry<String, Share> share : shares.entrySet()) {
            String tag = share.getKey();
            FsDevice device = new FsDevice(tag, 1, share.getValue());
            Path socket = directory.resolve(tag + ".sock");
            VhostUserServer server = VhostUserServer.listen(socket, device, log::add);
            open.addFirst(device);
            open.addFirst(server);
            config.vhostUser("vhost-user-fs-device", server.path(), "tag=" + tag);
            all.append("mkdir /mnt/%1$s; mount -t virtiofs %1$s /mnt/%1$s\n".formatted(tag));
        }
        all.append("cd /mnt\n").append(script);
        try (QemuGuest guest = config.script(all.toString()).boot()) {
            for (int i = 0; i < steps.length; i++) {
                guest.awaitLine("@step" + i);
                steps[i].run();
                Files.createFile(directory.resolve("steps/" + i));
            }
            assertThat(guest.awaitExit()).as(guest::output).isZero();
            guest.awaitEnd();
            assertThat(log).isEmpty();
            return guest.output();
        } finally {
            for (AutoCloseable each : open) {
                each.close();
            }
        }
    }

    @Test
    void cacheModesPromiseWhatTheySay() throws Exception {
        List<String> modes = List.of("none", "auto", "always");
        for (CacheMode mode : CacheMode.values()) {
            String name = modes.get(mode.ordinal());
            shares.put(name, Share.of(make(name)).cache(mode));
        }
        String output =
                run(
                        """
                        for m in none auto always; do cat $m/file; stat -c %s $m/file; done
                        exec 3< none/file 4< auto/file
                        cat <&3; cat <&4
                        step
                        echo opened none $(cat none/file)
                        echo opened auto $(cat auto/file)
                        echo opened always $(cat always/file)
                        echo stat none $(stat -c %s none/file)
                        echo stat always $(stat -c %s always/file)
                        usleep 1200000
                        echo stat auto $(stat -c %s auto/file)
                        echo held none $(cat <&3)
                        echo held auto $(cat <&4)
                        step
                        i=0; while [ $i -lt 200 ]; do
                            for m in none auto always; do echo guest >> $m/log; done
                            i=$((i + 1))
                        done
                        step
                        """,
                        () -> {
                            for (String mode : modes) {
                                Path file = directory.resolve(mode).resolve("file");
                                Files.writeString(file, "newer\n", StandardOpenOption.APPEND);
                            }
                        },
                        () -> appending = Thread.ofPlatform().start(() -> append(modes)),
                        () -> {});
        assertThat(output)
                .contains("opened none old newer", "stat none 10", "held none newer")
                .contains("opened auto old newer", "stat auto 10", "held auto newer")
                .contains("opened always old\n", "stat always 4");
        appending.join();
        for (String mode : modes) {
            assertThat(Files.readAllLines(directory.resolve(mode).resolve("log")))
                    .as(mode)
                    .hasSize(400)
                    .containsOnly("guest", "host");
        }
    }

    private void append(List<String> modes) {
        try {
            for (int i = 0; i < 200; i++) {
                for (String mode : modes) {
                    Path file = directory.resolve(mode).resolve("log");
                    Files.writeString(
                            file, "host\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
                Thread.sleep(1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void eachShareHasItsTerms() throws Exception {
        shares.put("readonly", Share.of(make("readonly")).readOnly(true));
        Path repository = make("repository");
        Files.createDirectories(repository.resolve(".git/hooks"));
        Files.writeString(repository.resolve(".git/config"), "[core]\n");
        shares.put("repository", Share.of(repository).guarded(Share.GIT_COMMANDS));
        Path beside = make("beside");
        Files.writeString(beside.resolve("secret"), "of the host");
        shares.put("single", Share.ofFile(beside.resolve("file")));
        String output =
                run(
                        """
                        refused() { "$@" 2>/dev/null && echo "went: $*" || echo "refused: $*"; }
                        cat readonly/file single/file repository/.git/config
                        refused touch readonly/new
                        refused rm readonly/file
                        refused chmod 600 readonly/file
                        refused mv readonly/file readonly/other
                        refused ln readonly/file readonly/other
                        refused truncate -s 0 readonly/file
                        refused touch repository/.git/hooks/pre-commit
                        refused rm repository/.git/config
                        refused mv repository/.git repository/git
                        refused mv repository/file repository/.git/config
                        refused ln -s / repository/.git/commondir
                        echo fine > repository/.git/HEAD
                        echo single: $(ls -A single)
                        echo new > single/file
                        refused rm single/file
                        refused touch single/other
                        refused mv single/file single/other
                        refused cat single/secret
                        refused cat single/../secret
                        touch bound; mount -o bind single/file bound
                        step
                        echo bound: $(cat bound) $(stat -c %s bound)
                        refused mv single/file bound
                        echo guest >> bound
                        """,
                        // As editors do. Whoever has the file bound has no name to look up again.
                        () -> {
                            Path written = Files.writeString(beside.resolve("new"), "edited\n");
                            Path file = beside.resolve("file");
                            Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
                        });
        assertThat(output).doesNotContain("went: ").contains("single: file\n", "bound: edited 7\n");
        assertThat(output.lines().filter(line -> line.startsWith("refused: "))).hasSize(17);
        assertThat(directory.resolve("readonly/file")).hasContent("old");
        assertThat(repository.resolve(".git/config")).hasContent("[core]");
        assertThat(repository.resolve(".git/hooks")).isEmptyDirectory();
        assertThat(repository.resolve(".git/HEAD")).hasContent("fine");
        assertThat(beside.resolve("file")).hasContent("edited\nguest");
        assertThat(beside).isDirectoryNotContaining("glob:**other");
    }

    /** The host hears nothing of such locks, and nothing keeps a program that waits for one. */
    @Test
    void locksOfTheGuestStayInIt() throws Exception {
        Assumptions.assumeTrue(
                Shell.find("gcc").isPresent() && Shell.find("flock").isPresent(),
                "needs gcc and flock");
        Path source = directory.resolve("hold-lock.c");
        Path tool = directory.resolve("hold-lock");
        try (InputStream in = SharesGuestIT.class.getResourceAsStream("hold-lock.c")) {
            Files.copy(in, source);
        }
        Shell.run(directory, "gcc", "-O2", "-static", "-o", tool.toString(), source.toString());
        config.executable("/bin/hold-lock", tool);
        Path locked = make("locked").resolve("file");
        shares.put("locked", Share.of(locked.getParent()).guestLocks(true));
        String output =
                run(
                        """
                        start() { hold-lock $how locked/file > /tmp/$1 & until_says $1 waits; }
                        until_says() { until grep -q "$2" /tmp/$1; do usleep 20000; done; }
                        ended() { wait $1 || echo "$how $2: $?"; }
                        for how in fcntl flock; do
                            start first; first=$!; until_says first has
                            step
                            start second; second=$!
                            start third; third=$!
                            usleep 500000
                            cat /tmp/second /tmp/third | sort -u | sed "s/^/$how second: /"
                            kill -KILL $second; ended $second killed
                            kill -TERM $third; ended $third terminated
                            start fourth; fourth=$!
                            kill $first; ended $first first
                            until_says fourth has; echo "$how is granted"
                            kill $fourth; ended $fourth fourth
                        done
                        """,
                        () -> {
                            try (FileChannel channel = FileChannel.open(locked, WRITE)) {
                                assertThat(channel.tryLock()).isNotNull();
                            }
                        },
                        () -> Shell.run(directory, "flock", "-n", locked.toString(), "true"));
        for (String how : List.of("fcntl", "flock")) {
            assertThat(output)
                    .contains(how + " second: waits", how + " is granted")
                    .contains(how + " killed: 137", how + " terminated: 143")
                    .doesNotContain(how + " second: has it");
        }
    }
}
