package dev.jsbx.netstack.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.TreeSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The authority that signs leaves for intercepted hosts (RFC 5280). Its certificate names the
 * domains it may sign for (§4.2.1.10, critical), so that a guest which trusts it trusts nothing
 * else by it. Immutable; any thread.
 */
public final class CertificateAuthority {
    private static final Duration LIFETIME = Duration.ofDays(397);
    private static final Duration LEAF_LIFETIME = Duration.ofDays(2);
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);
    private static final Duration RENEW_BEFORE = Duration.ofDays(30);
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final int SERIAL_BITS = 127; // positive and below 20 octets, §4.1.2.2

    private final X509Certificate certificate;
    private final PrivateKey key;

    private CertificateAuthority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /**
     * A leaf and its private key.
     *
     * @param chain the leaf, then the authority
     */
    public record Leaf(List<X509Certificate> chain, PrivateKey key) {
        /** Until when it is good. */
        public Instant expires() {
            return chain.getFirst().getNotAfter().toInstant();
        }
    }

    /**
     * Loads the authority of an installation, making one if there is none, it expires within a
     * month, or it may not sign for one of the domains.
     *
     * @param directory holds {@code ca.pem}, and {@code ca.key} that only its owner may read
     * @param domains such as {@code api.example.com}; names below them are covered too
     * @throws IOException naming the file that cannot be read, written or trusted
     */
    public static CertificateAuthority load(Path directory, Collection<String> domains)
            throws IOException {
        Path certificateFile = directory.resolve("ca.pem");
        Path keyFile = directory.resolve("ca.key");
        try {
            if (Files.exists(certificateFile) && Files.exists(keyFile)) {
                CertificateAuthority found =
                        new CertificateAuthority(
                                readCertificate(certificateFile), readKey(keyFile));
                if (found.isGoodFor(domains)) {
                    return found;
                }
            }
            CertificateAuthority made = make(new TreeSet<>(domains), Instant.now());
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            write(keyFile, "rw-------", pem("PRIVATE KEY", made.key.getEncoded()));
            write(certificateFile, "rw-r--r--", made.pem());
            return made;
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

    /** Makes an authority that is kept nowhere. */
    static CertificateAuthority make(Collection<String> domains, Instant now)
            throws GeneralSecurityException {
        KeyPair pair = keyPair();
        X500Name name = new X500Name("CN=jsbx sandbox proxy");
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        name,
                        serial(),
                        Date.from(now.minus(CLOCK_SKEW)),
                        Date.from(now.plus(LIFETIME)),
                        name,
                        pair.getPublic());
        try {
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    ids.createSubjectKeyIdentifier(pair.getPublic()));
            GeneralSubtree[] permitted =
                    domains.stream()
                            .map(d -> new GeneralSubtree(new GeneralName(GeneralName.dNSName, d)))
                            .toArray(GeneralSubtree[]::new);
            builder.addExtension(
                    Extension.nameConstraints, true, new NameConstraints(permitted, null));
            return new CertificateAuthority(sign(builder, pair.getPrivate()), pair.getPrivate());
        } catch (IOException | OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /**
     * Signs a certificate for a host, good from an hour ago for two days.
     *
     * @param host in lower case, without a trailing dot
     */
    public Leaf sign(String host) throws GeneralSecurityException {
        KeyPair pair = keyPair();
        Instant now = Instant.now();
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        certificate,
                        serial(),
                        Date.from(now.minus(CLOCK_SKEW)),
                        Date.from(now.plus(LEAF_LIFETIME)),
                        new X500Name("CN=" + commonName(host)),
                        pair.getPublic());
        try {
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    ids.createAuthorityKeyIdentifier(certificate));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
            return new Leaf(List.of(sign(builder, key), certificate), pair.getPrivate());
        } catch (IOException | OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    // A common name has at most 64 characters (X.520); clients look at the alternative name only.
    private static String commonName(String host) {
        return host.length() <= 64 ? host : "jsbx";
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws OperatorCreationException, GeneralSecurityException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
    }

    private boolean isGoodFor(Collection<String> domains) throws GeneralSecurityException {
        if (certificate.getNotAfter().toInstant().isBefore(Instant.now().plus(RENEW_BEFORE))) {
            return false;
        }
        byte[] extension = certificate.getExtensionValue(Extension.nameConstraints.getId());
        if (extension == null) {
            return false;
        }
        NameConstraints constraints =
                NameConstraints.getInstance(
                        org.bouncycastle.asn1.ASN1OctetString.getInstance(extension).getOctets());
        TreeSet<String> permitted = new TreeSet<>();
        for (GeneralSubtree subtree : constraints.getPermittedSubtrees()) {
            permitted.add(subtree.getBase().getName().toString());
        }
        return permitted.containsAll(domains);
    }

    /** The authority's own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Its certificate as PEM, for trust stores. */
    public String pem() throws GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    private static KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static BigInteger serial() {
        return new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS - 1);
    }

    private static String pem(String type, byte[] der) {
        String body =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }

    private static X509Certificate readCertificate(Path file)
            throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static PrivateKey readKey(Path file) throws IOException, GeneralSecurityException {
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        if (!permissions.endsWith("------")) {
            throw new IOException(
                    file + " can be read by others; delete it, and the authority is made anew");
        }
        String body = Files.readString(file).replaceAll("-----[A-Z ]+-----|\\s", "");
        try {
            byte[] der = Base64.getDecoder().decode(body);
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException(file + " is no private key", e);
        }
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
