package dev.jsbx.netstack.tls;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.TreeSet;

/**
 * The files that an authority is kept in: {@code ca.pem}, {@code ca.key} that only its owner may
 * read, and {@code ca.lock}. Each is replaced whole. Any thread.
 */
final class AuthorityFiles {
    private AuthorityFiles() {}

    /** Does what {@link CertificateAuthority#load} says. */
    static CertificateAuthority load(Path directory, TreeSet<String> domains) throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        synchronized (AuthorityFiles.class) { // a process's threads share its file locks
            try (FileChannel channel =
                            FileChannel.open(
                                    directory.resolve("ca.lock"),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE);
                    FileLock held = channel.lock()) {
                return loadLocked(directory, domains);
            } catch (GeneralSecurityException e) {
                throw new IOException(
                        "the certificate authority in "
                                + directory
                                + " cannot be used: "
                                + e.getMessage()
                                + "; delete ca.pem and ca.key to have it made anew",
                        e);
            }
        }
    }

    private static CertificateAuthority loadLocked(Path directory, TreeSet<String> domains)
            throws IOException, GeneralSecurityException {
        Path certificateFile = directory.resolve("ca.pem");
        Path keyFile = directory.resolve("ca.key");
        Instant now = Instant.now();
        KeyPair pair;
        if (Files.exists(keyFile) && Files.exists(certificateFile)) {
            X509Certificate certificate = readCertificate(certificateFile);
            PrivateKey key = readKey(keyFile, certificate);
            CertificateAuthority found = new CertificateAuthority(certificate, key);
            checkNotExpired(certificate, certificateFile, now);
            if (found.isGoodFor(domains, now)) {
                return found;
            }
            pair = new KeyPair(certificate.getPublicKey(), key);
        } else {
            pair = CertificateAuthority.keyPair();
            write(keyFile, "rw-------", pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        }
        CertificateAuthority made = CertificateAuthority.make(domains, now, pair);
        write(certificateFile, "rw-r--r--", made.pem());
        return made;
    }

    private static void checkNotExpired(X509Certificate certificate, Path file, Instant now)
            throws IOException {
        Instant end = certificate.getNotAfter().toInstant();
        if (end.isBefore(now)) {
            throw new IOException(
                    file
                            + " expired on "
                            + end.atZone(ZoneOffset.UTC).toLocalDate()
                            + ": delete it, and the certificate authority is made anew");
        }
    }

    private static X509Certificate readCertificate(Path file)
            throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static PrivateKey readKey(Path file, X509Certificate certificate)
            throws IOException, GeneralSecurityException {
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        if (!permissions.endsWith("------")) {
            throw new IOException(
                    file + " can be read by others; delete it, and the authority is made anew");
        }
        String body = Files.readString(file).replaceAll("-----[A-Z ]+-----|\\s", "");
        try {
            byte[] der = Base64.getDecoder().decode(body);
            PrivateKey key =
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
            checkBelongs(key, certificate);
            return key;
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException(file + " is no private key", e);
        }
    }

    private static void checkBelongs(PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(CertificateAuthority.SIGNATURE);
        signature.initSign(key);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("ca.key is not the key of ca.pem");
        }
    }

    /** As text (RFC 7468). */
    static String pem(String type, byte[] der) {
        String body =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }

    private static void write(Path file, String permissions, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(
                fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        Files.writeString(fresh, text);
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
