package dev.jsbx.cli.branch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;

/**
 * Reads a private clone's {@code .git} as untrusted bytes. Every step is relative to an open
 * directory and follows no link; whatever is not a regular file of the expected name and size is
 * passed over.
 */
final class CloneReader {
    private static final long MAX_TEXT = 16 << 20;
    private static final int MAX_REFS = 100_000;
    private static final int MAX_DEPTH = 32;
    private static final Pattern FAN_OUT = Pattern.compile("[0-9a-f]{2}");
    private static final Pattern LOOSE = Pattern.compile("[0-9a-f]{38}");
    private static final Pattern PACK = Pattern.compile("pack-[0-9a-f]{40}\\.pack");

    /** Takes one file's content; the stream is closed by the reader. */
    interface Content {
        void accept(String name, InputStream content) throws IOException;
    }

    private final Path clone;

    CloneReader(Path clone) {
        this.clone = clone;
    }

    /** What HEAD says: a full ref name, an object id, or nothing that makes sense. */
    Optional<String> head() throws IOException {
        return text(List.of(), Constants.HEAD)
                .map(String::strip)
                .map(head -> head.startsWith("ref: ") ? head.substring(5).strip() : head)
                .filter(head -> ObjectId.isId(head) || Repository.isValidRefName(head));
    }

    /** All branches, loose ones over packed ones. */
    Map<String, ObjectId> heads() throws IOException {
        Map<String, ObjectId> heads = new TreeMap<>();
        text(List.of(), Constants.PACKED_REFS)
                .ifPresent(
                        packed ->
                                packed.lines()
                                        .filter(line -> line.length() > 41)
                                        .forEach(
                                                line ->
                                                        put(
                                                                heads,
                                                                line.substring(41),
                                                                line.substring(0, 40))));
        looseHeads(List.of("refs", "heads"), heads);
        return heads;
    }

    private void looseHeads(List<String> at, Map<String, ObjectId> heads) throws IOException {
        if (at.size() > MAX_DEPTH) {
            return;
        }
        for (String name : files(at)) {
            text(at, name).ifPresent(id -> put(heads, String.join("/", at) + "/" + name, id));
        }
        for (String name : directories(at)) {
            List<String> below = new ArrayList<>(at);
            below.add(name);
            looseHeads(below, heads);
        }
    }

    private static void put(Map<String, ObjectId> heads, String name, String id) {
        String hex = id.strip();
        if (name.startsWith(Constants.R_HEADS)
                && Repository.isValidRefName(name)
                && ObjectId.isId(hex)
                && heads.size() < MAX_REFS) {
            heads.put(name, ObjectId.fromString(hex));
        }
    }

    /** The names of the packs, each with {@code .pack} at its end. */
    List<String> packs() throws IOException {
        return files(List.of("objects", "pack")).stream()
                .filter(name -> PACK.matcher(name).matches())
                .sorted()
                .toList();
    }

    /** Where a pack is, relative to the clone. */
    static String pathOfPack(String name) {
        return ".git/objects/pack/" + name;
    }

    void pack(String name, Content content) throws IOException {
        read(List.of("objects", "pack"), name, content);
    }

    /**
     * Loose objects, as they lie on the disk: deflated.
     *
     * @param wanted which, by paths relative to the clone
     */
    void looseObjects(Predicate<String> wanted, Content content) throws IOException {
        for (String fan : directories(List.of("objects"))) {
            if (FAN_OUT.matcher(fan).matches()) {
                for (String name : files(List.of("objects", fan))) {
                    if (LOOSE.matcher(name).matches()
                            && wanted.test(".git/objects/" + fan + "/" + name)) {
                        read(
                                List.of("objects", fan),
                                name,
                                (file, bytes) -> content.accept(fan + file, bytes));
                    }
                }
            }
        }
    }

    private Optional<String> text(List<String> at, String name) throws IOException {
        String[] text = new String[1];
        read(
                at,
                name,
                (file, content) ->
                        text[0] =
                                new String(
                                        content.readNBytes((int) MAX_TEXT),
                                        StandardCharsets.UTF_8));
        return Optional.ofNullable(text[0]);
    }

    private void read(List<String> at, String name, Content content) throws IOException {
        in(
                at,
                directory -> {
                    Path file = Path.of(name);
                    if (attributes(directory, file).map(a -> a.isRegularFile()).orElse(false)) {
                        try (SeekableByteChannel channel =
                                        directory.newByteChannel(
                                                file,
                                                Set.of(
                                                        StandardOpenOption.READ,
                                                        LinkOption.NOFOLLOW_LINKS));
                                InputStream stream = Channels.newInputStream(channel)) {
                            content.accept(name, stream);
                        }
                    }
                });
    }

    private List<String> files(List<String> at) throws IOException {
        return list(at, BasicFileAttributes::isRegularFile);
    }

    private List<String> directories(List<String> at) throws IOException {
        return list(at, BasicFileAttributes::isDirectory);
    }

    private List<String> list(List<String> at, Predicate<BasicFileAttributes> kind)
            throws IOException {
        List<String> names = new ArrayList<>();
        in(
                at,
                directory -> {
                    for (Path entry : directory) {
                        Path name = entry.getFileName();
                        if (attributes(directory, name).filter(kind).isPresent()) {
                            names.add(name.toString());
                        }
                    }
                });
        return names;
    }

    private interface InDirectory {
        void run(SecureDirectoryStream<Path> directory) throws IOException;
    }

    // Opens clone/.git/at… one component at a time, none of them through a link.
    private void in(List<String> at, InDirectory work) throws IOException {
        try (DirectoryStream<Path> root = Files.newDirectoryStream(clone)) {
            List<String> path = new ArrayList<>();
            path.add(Constants.DOT_GIT);
            path.addAll(at);
            descend((SecureDirectoryStream<Path>) root, path, work);
        }
    }

    private static void descend(
            SecureDirectoryStream<Path> directory, List<String> path, InDirectory work)
            throws IOException {
        if (path.isEmpty()) {
            work.run(directory);
            return;
        }
        Path name = Path.of(path.getFirst());
        if (attributes(directory, name).map(a -> a.isDirectory()).orElse(false)) {
            try (SecureDirectoryStream<Path> next =
                    directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                descend(next, path.subList(1, path.size()), work);
            }
        }
    }

    private static Optional<BasicFileAttributes> attributes(
            SecureDirectoryStream<Path> directory, Path name) throws IOException {
        try {
            return Optional.of(
                    directory
                            .getFileAttributeView(
                                    name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                            .readAttributes());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
