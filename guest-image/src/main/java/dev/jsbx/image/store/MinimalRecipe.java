package dev.jsbx.image.store;

import dev.jsbx.image.Progress;
import dev.jsbx.image.initramfs.Initramfs;
import dev.jsbx.image.kernel.GuestKernel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Agent and busybox in the initramfs, nothing to mount: boots fastest, and serves tests. */
final class MinimalRecipe extends Recipe {
    @Override
    String name() {
        return "minimal";
    }

    @Override
    String describe() {
        return "busybox 2";
    }

    @Override
    void addTo(Initramfs initramfs) throws IOException {
        initramfs.file("bin/busybox", 0755, busybox());
        for (String applet : busyboxApplets()) {
            if (!applet.equals("bin/busybox")) {
                initramfs.link(applet, "/bin/busybox");
            }
        }
        text(
                initramfs,
                "etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\nagent:x:1000:1000::/home/agent:/bin/sh\n");
        text(initramfs, "etc/group", "root:x:0:\nagent:x:1000:\n");
        // A statically linked C library looks for other sources of names than it has.
        text(initramfs, "etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
        text(initramfs, "etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
        initramfs.directory("home/agent", 0755, 1000);
    }

    private static void text(Initramfs initramfs, String path, String text) throws IOException {
        initramfs.file(path, 0644, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    Path root(Path scratch, GuestKernel kernel, Progress progress) {
        return null;
    }
}
