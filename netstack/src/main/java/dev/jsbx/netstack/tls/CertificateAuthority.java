package dev.jsbx.netstack.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
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

    /** How it signs. */
    static final String SIGNATURE = "SHA256withECDSA";

    /** IPv4 and IPv6, each address with its mask: what names no constraint on them leaves free. */
    private static final GeneralSubtree[] ALL_ADDRESSES = {allAddresses(4), allAddresses(16)};

    private static final int SERIAL_BITS = 127; // positive and below 20 octets, §4.1.2.2

    private final X509Certificate certificate;
    private final PrivateKey key;

    CertificateAuthority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    private static GeneralSubtree allAddresses(int length) {
        return new GeneralSubtree(
                new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[2 * length])));
    }

    /**
     * A leaf and its private key.
     *
     * @param chain the leaf alone: the authority is in the guest's trust stores, with the
     *     constraints that this guest was given
     */
    public record Leaf(List<X509Certificate> chain, PrivateKey key) {
        /** Until when it is good. */
        public Instant expires() {
            return chain.getFirst().getNotAfter().toInstant();
        }
    }

    /**
     * Loads the authority of an installation, making one if there is none. One that is to sign for
     * other domains, or expires within a month, gets a new certificate for the same key: whoever
     * trusts the former one goes on to trust what is signed for the domains in that. Any number of
     * processes may call at once.
     *
     * @param directory holds {@code ca.pem}, and {@code ca.key} that only its owner may read
     * @param domains such as {@code api.example.com}, at least one; names below them are covered
     *     too
     * @throws IOException naming the file that cannot be read, written or trusted
     */
    public static CertificateAuthority load(Path directory, Collection<String> domains)
            throws IOException {
        return AuthorityFiles.load(directory, new TreeSet<>(domains));
    }

    /** Makes an authority that is kept nowhere. */
    static CertificateAuthority make(Collection<String> domains, Instant now)
            throws GeneralSecurityException {
        return make(domains, now, keyPair());
    }

    /** The same for a key that there is already. */
    static CertificateAuthority make(Collection<String> domains, Instant now, KeyPair pair)
            throws GeneralSecurityException {
        if (domains.isEmpty()) {
            throw new IllegalArgumentException("an authority for no domain would be one for all");
        }
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
                    Extension.nameConstraints, true, new NameConstraints(permitted, ALL_ADDRESSES));
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
                    // By key alone: a former certificate of the same key will do as well.
                    ids.createAuthorityKeyIdentifier(certificate.getPublicKey()));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
            return new Leaf(List.of(sign(builder, key)), pair.getPrivate());
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

    /** Whether it is for just these domains, and for more than a month yet. */
    boolean isGoodFor(TreeSet<String> domains, Instant now) throws GeneralSecurityException {
        if (certificate.getNotAfter().toInstant().isBefore(now.plus(RENEW_BEFORE))) {
            return false;
        }
        byte[] extension = certificate.getExtensionValue(Extension.nameConstraints.getId());
        if (extension == null) {
            return false;
        }
        NameConstraints constraints =
                NameConstraints.getInstance(ASN1OctetString.getInstance(extension).getOctets());
        TreeSet<String> permitted = new TreeSet<>();
        for (GeneralSubtree subtree : constraints.getPermittedSubtrees()) {
            permitted.add(subtree.getBase().getName().toString());
        }
        return permitted.equals(domains)
                && Arrays.equals(ALL_ADDRESSES, constraints.getExcludedSubtrees());
    }

    /** The authority's own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Its certificate as PEM, for trust stores. */
    public String pem() throws GeneralSecurityException {
        return AuthorityFiles.pem("CERTIFICATE", certificate.getEncoded());
    }

    /** Its private key as PEM, for the file that only its owner reads. */
    String keyPem() {
        return AuthorityFiles.pem("PRIVATE KEY", key.getEncoded());
    }

    /** A new key. */
    static KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static BigInteger serial() {
        return new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS - 1);
    }
}
