#include <offhook/tests/sip/transport/secured_peer.hpp>

#include <offhook/sip/transport/self_signed.hpp>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

using namespace offhook;
using namespace offhook::transport_test;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<X509, decltype(&X509_free)> certificate_of(const sip::SelfSigned& made) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new_mem_buf(made.certificate_pem.data(), static_cast<int>(made.certificate_pem.size())), BIO_free);
  return {PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr), X509_free};
}

/// Returns the SHA-256 fingerprint as `openssl x509 -fingerprint` prints it.
std::string digest_of(const X509* certificate) {
  unsigned char digest[32];
  REQUIRE(X509_digest(certificate, EVP_sha256(), digest, nullptr) == 1);
  const std::unique_ptr<char, void (*)(char*)> text(OPENSSL_buf2hexstr(digest, sizeof digest), [](char* at) { OPENSSL_free(at); });
  return text.get();
}

bool is_valid_in(const X509* certificate, std::chrono::seconds from_now) {
  std::time_t then = std::time(nullptr) + from_now.count();
  return X509_cmp_time(X509_get0_notBefore(certificate), &then) < 0 && X509_cmp_time(X509_get0_notAfter(certificate), &then) > 0;
}

}  // namespace

TEST_CASE("make_self_signed makes a server certificate for exactly the given names and the given time [RFC 5280 section 4.2.1.6]") {
  const auto made = sip::make_self_signed({"127.0.0.1", "localhost", "2001:db8::1"}, 24h);
  REQUIRE(made.has_value());
  const auto certificate = certificate_of(*made);
  REQUIRE(certificate != nullptr);
  for (const char* address : {"127.0.0.1", "2001:db8::1"}) CHECK(X509_check_ip_asc(certificate.get(), address, 0) == 1);
  CHECK(X509_check_ip_asc(certificate.get(), "127.0.0.2", 0) == 0);
  CHECK(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr) == 1);
  CHECK(X509_check_host(certificate.get(), "example.com", 0, 0, nullptr) == 0);
  CHECK(X509_check_ca(certificate.get()) == 0);
  CHECK((X509_get_extended_key_usage(certificate.get()) & XKU_SSL_SERVER) != 0);
  CHECK(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())) == 1);
  CHECK(is_valid_in(certificate.get(), 23h));
  CHECK_FALSE(is_valid_in(certificate.get(), 25h));
  CHECK_FALSE(is_valid_in(certificate.get(), -2h));
  CHECK(made->fingerprint == digest_of(certificate.get()));
}

TEST_CASE("make_self_signed draws a new key and a new serial number each time") {
  const auto one = sip::make_self_signed({"localhost"}, 1h), other = sip::make_self_signed({"localhost"}, 1h);
  REQUIRE(one.has_value());
  REQUIRE(other.has_value());
  CHECK(one->key_pem != other->key_pem);
  CHECK(one->fingerprint != other->fingerprint);
  CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(certificate_of(*one).get()), X509_get0_serialNumber(certificate_of(*other).get())) != 0);
}

TEST_CASE("make_self_signed refuses a name that is neither an address nor a host name, and one that is too long for commonName") {
  CHECK_FALSE(sip::make_self_signed({}, 1h).has_value());
  for (const char* name : {"", "a,DNS:evil.example", "a b", "*.example.com", "a\n", "\xc3\xa4", "a@b"}) CHECK_FALSE_MESSAGE(sip::make_self_signed({name}, 1h).has_value(), name);
  CHECK(sip::make_self_signed({std::string(64, 'a')}, 1h).has_value());
  CHECK_FALSE(sip::make_self_signed({std::string(65, 'a')}, 1h).has_value());
}

TEST_CASE("An edge can serve TLS with a certificate and a key that its options contain as text, and a client verifies the name in the certificate") {
  const auto made = sip::make_self_signed({"127.0.0.1"}, 1h);
  REQUIRE(made.has_value());
  Folder folder;
  sip::TlsOptions shown, trusted;
  shown.certificate_pem = made->certificate_pem;
  shown.key_pem = made->key_pem;
  trusted.ca_file = folder.file(made->certificate_pem);
  ServingEdge server({sip::Transport::Tls}, Client::with(shown));
  CHECK(Client(trusted).asks(Client::flow(sip::Transport::Tls, server.port(), "127.0.0.1")));
  CHECK_FALSE(Client(trusted).asks(Client::flow(sip::Transport::Tls, server.port(), "pbx.example.com")));
}

TEST_CASE("An edge sends the whole chain of a certificate that its options contain as text") {
  Authority authority;
  const Certificate between = authority.issue({.common_names = {"between"}, .is_authority = true});
  const Certificate leaf = authority.issue({.alternatives = {{AltName::Dns, "pbx.example.com"}}, .issuer = &between});
  sip::TlsOptions shown;
  shown.certificate_pem = leaf.certificate_pem + between.certificate_pem;
  shown.key_pem = leaf.key_pem;
  ServingEdge server({sip::Transport::Tls}, Client::with(shown));
  CHECK(Client(authority.trusting()).asks(Client::flow(sip::Transport::Tls, server.port(), "pbx.example.com")));
}

TEST_CASE("open() refuses a certificate text without its own key, a key without a certificate, and an unreadable chain") {
  const auto one = sip::make_self_signed({"localhost"}, 1h), other = sip::make_self_signed({"localhost"}, 1h);
  REQUIRE(one.has_value());
  REQUIRE(other.has_value());
  const std::string cut = other->certificate_pem.substr(0, other->certificate_pem.size() / 2);
  const std::pair<std::string, std::string> cases[] = {
      {one->certificate_pem, other->key_pem}, {one->certificate_pem, ""}, {"", one->key_pem}, {one->certificate_pem, "no key"}, {one->certificate_pem + cut, one->key_pem}};
  for (const auto& [certificate, key] : cases) {
    sip::TlsOptions tls;
    tls.certificate_pem = certificate;
    tls.key_pem = key;
    base::SystemRandom random;
    sip::Stack stack({}, random);
    auto options = Client::with(tls);
    options.listeners = {{sip::Transport::Tls, *base::IpAddress::parse("127.0.0.1"), 0}};
    const auto opened = sip::SipEdge::open(options, stack);
    CHECK(opened == base::fail(sip::EdgeError::BadCertificate));
  }
}
