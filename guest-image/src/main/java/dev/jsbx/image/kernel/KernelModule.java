package dev.jsbx.image.kernel;

import dev.jsbx.image.ImageException;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tukaani.xz.XZInputStream;

/**
 * A loadable module.
 *
 * @param name as the kernel has it, with underscores
 * @param path below {@code /lib/modules/VERSION}, such as {@code kernel/fs/erofs/erofs.ko.xz}
 * @param file as the package has it, mostly compressed
 */
public record KernelModule(String name, String path, byte[] file) {
    // What ends a signed module: signature, struct module_signature, this text.
    private static final String SIGNATURE_MARK = "~Module signature appended~\n";
    private static final int SIGNATURE_INFO = 12;

    private static final int E_SHOFF = 0x28;
    private static final int E_SHENTSIZE = 0x3a;
    private static final int E_SHNUM = 0x3c;
    private static final int E_SHSTRNDX = 0x3e;
    private static final int SH_OFFSET = 0x18;
    private static final int SH_SIZE = 0x20;

    /** The name that belongs to a file's. */
    static String nameOf(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        return file.substring(0, file.indexOf(".ko")).replace('-', '_');
    }

    /** The ELF file, unpacked at each call. */
    public byte[] content() {
        try (InputStream in = new ByteArrayInputStream(file)) {
            if (path.endsWith(".xz")) {
                return new XZInputStream(in).readAllBytes();
            }
            return path.endsWith(".zst") ? new ZstdInputStream(in).readAllBytes() : file;
        } catch (IOException e) {
            throw new ImageException("kernel module " + path + " is damaged", e);
        }
    }

    /**
     * The same without the signature at its end (Linux, {@code Documentation/admin-guide/
     * module-signing.rst}): there is nobody to check it against in a guest, and hashing the file
     * takes longer than all else about loading it where instructions are emulated.
     */
    public byte[] unsigned() {
        return withoutSignature(content());
    }

    static byte[] withoutSignature(byte[] content) {
        int end = content.length - SIGNATURE_MARK.length();
        if (end < SIGNATURE_INFO || !startsWith(content, end, SIGNATURE_MARK)) {
            return content;
        }
        int length = ByteBuffer.wrap(content).getInt(end - Integer.BYTES);
        int signed = end - SIGNATURE_INFO - length;
        return length < 0 || signed < 0 ? content : Arrays.copyOf(content, signed);
    }

    /** Modules that must be loaded first: {@code depends=} and {@code softdep=pre:} of .modinfo. */
    public List<String> dependencies() {
        List<String> names = new ArrayList<>();
        for (String entry : modinfo(content()).split("\0")) {
            if (entry.startsWith("depends=")) {
                addAll(names, entry.substring("depends=".length()).split(","));
            } else if (entry.startsWith("softdep=pre:")) {
                addAll(
                        names,
                        entry.substring("softdep=pre:".length()).split(" post:")[0].split(" "));
            }
        }
        return names;
    }

    private static void addAll(List<String> names, String[] more) {
        for (String name : more) {
            if (!name.isBlank()) {
                names.add(name.strip().replace('-', '_'));
            }
        }
    }

    // The section of that name in an ELF64 file (elf(5)); empty if there is none.
    private static String modinfo(byte[] content) {
        ByteBuffer elf = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        long table = elf.getLong(E_SHOFF);
        int size = Short.toUnsignedInt(elf.getShort(E_SHENTSIZE));
        int count = Short.toUnsignedInt(elf.getShort(E_SHNUM));
        int names = Short.toUnsignedInt(elf.getShort(E_SHSTRNDX));
        int strings = (int) elf.getLong((int) table + names * size + SH_OFFSET);
        for (int i = 0; i < count; i++) {
            int header = (int) table + i * size;
            if (startsWith(content, strings + elf.getInt(header), ".modinfo\0")) {
                return new String(
                        content,
                        (int) elf.getLong(header + SH_OFFSET),
                        (int) elf.getLong(header + SH_SIZE),
                        StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    private static boolean startsWith(byte[] content, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return at >= 0
                && at + bytes.length <= content.length
                && Arrays.equals(content, at, at + bytes.length, bytes, 0, bytes.length);
    }
}
