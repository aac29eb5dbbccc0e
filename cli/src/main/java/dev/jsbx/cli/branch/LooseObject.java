package dev.jsbx.cli.branch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.InflaterInputStream;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;

/**
 * A loose object as a sandbox left it: deflated {@code type SP size NUL content} (gitformat-loose).
 * Its size is believed only up to {@link Quarantine#MAX_OBJECT}.
 */
final class LooseObject {
    private static final int MAX_HEADER = 32;

    private LooseObject() {}

    /** Checks one object and stores it under the hash of its content, whatever its file's name. */
    static void insert(
            String name, InputStream deflated, ObjectInserter inserter, ObjectChecker checker)
            throws IOException {
        try (InflaterInputStream content = new InflaterInputStream(deflated)) {
            String header = header(content);
            int space = header.indexOf(' ');
            int type = type(space < 0 ? header : header.substring(0, space));
            long size = Long.parseLong(header.substring(space + 1));
            if (size < 0 || size > Quarantine.MAX_OBJECT) {
                throw new CorruptObjectException(size + " bytes are too many");
            }
            byte[] bytes = new byte[(int) size];
            if (content.readNBytes(bytes, 0, bytes.length) != size || content.read() >= 0) {
                throw new CorruptObjectException("its length is not the one it names");
            }
            ObjectId id = inserter.idFor(type, bytes);
            checker.check(id, type, bytes);
            inserter.insert(type, bytes);
        } catch (IOException | NumberFormatException e) {
            throw new BranchException(
                    "the sandbox's object " + name + " is refused: " + e.getMessage(), e);
        }
    }

    private static String header(InputStream content) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream(MAX_HEADER);
        for (int b = content.read(); b > 0; b = content.read()) {
            if (header.size() == MAX_HEADER) {
                throw new CorruptObjectException("it has no header");
            }
            header.write(b);
        }
        return header.toString(StandardCharsets.US_ASCII);
    }

    private static int type(String name) throws CorruptObjectException {
        return switch (name) {
            case Constants.TYPE_COMMIT -> Constants.OBJ_COMMIT;
            case Constants.TYPE_TREE -> Constants.OBJ_TREE;
            case Constants.TYPE_BLOB -> Constants.OBJ_BLOB;
            case Constants.TYPE_TAG -> Constants.OBJ_TAG;
            default -> throw new CorruptObjectException("there is no type \"" + name + "\"");
        };
    }
}
