#include <offhook/sip/transport/certificate_names.hpp>

#include <offhook/tests/services/certificate.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using sip::detail::CertificateNames;
using sip::detail::proves;
using sip::detail::read_certificate_names;
using sip::detail::Wildcards;
using services::CertificateWish;
using AltName = CertificateWish::Name::Kind;

namespace {

CertificateNames names_of(const CertificateWish& wish) {
  const std::string der = services::der_of(services::make_certificate(wish).certificate_pem);
  REQUIRE_FALSE(der.empty());
  const auto names = read_certificate_names({reinterpret_cast<const std::uint8_t*>(der.data()), der.size()});
  REQUIRE(names);
  return *names;
}

}  // namespace

TEST_CASE("If a certificate has a SIP URI with a host, it proves this host, and its other names do not count [RFC 5922 section 7.1]") {
  const auto names = names_of({.alternatives = {
      {AltName::Uri, "sip:Example.com"}, {AltName::Dns, "other.example.com"}, {AltName::Uri, "https://web.example.com"}}});
  CHECK(proves(names, "example.com"));
  CHECK(proves(names, "EXAMPLE.COM."));
  CHECK_FALSE(proves(names, "other.example.com"));
  CHECK_FALSE(proves(names, "web.example.com"));
}

TEST_CASE("The comparison ignores the port and the parameters of a URI in the certificate [RFC 5922 section 7.2]") {
  CHECK(proves(names_of({.alternatives = {{AltName::Uri, "SIP:example.com:5061;transport=tls"}}}), "example.com"));
}

TEST_CASE("A URI with a user, or with another scheme, proves no host [RFC 5922 section 7.1]") {
  for (const std::string uri : {"sip:alice@example.com", "sips:example.com", "im:example.com", "sip:", "sip:*.example.com"}) {
    const auto names = names_of({.alternatives = {{AltName::Uri, uri}}});
    CHECK_FALSE(proves(names, "example.com"));
    CHECK_FALSE(proves(names, "alice@example.com"));
    CHECK_FALSE(proves(names, "a.example.com"));
  }
  // Without a SIP host among the URIs, the DNS names count.
  CHECK(proves(names_of({.alternatives = {{AltName::Uri, "sip:alice@example.com"}, {AltName::Dns, "example.com"}}}), "example.com"));
}

TEST_CASE("A DNS name matches only the equal host name, no longer or shorter one, and a wildcard matches no name [RFC 5922 section 7.2]") {
  const auto names = names_of({.alternatives = {
      {AltName::Dns, "example.com"}, {AltName::Dns, "*.wild.example.com"}, {AltName::Dns, ".dot.example.com"}}});
  CHECK(proves(names, "example.com"));
  for (const auto* host : {"foo.example.com", "ample.com", "com", "a.wild.example.com", "*.wild.example.com", "wild.example.com",
                           ".dot.example.com", "a.dot.example.com", "dot.example.com", "", "."})
    CHECK_FALSE(proves(names, host));
}

TEST_CASE("With Wildcards::Yes a wildcard matches exactly the first label of a DNS name [RFC 6125 section 6.4.3]") {
  const auto wild = [](const std::string& name, const std::string& host) {
    return proves(names_of({.alternatives = {{AltName::Dns, name}}}), host, Wildcards::Yes);
  };
  CHECK(wild("*.example.com", "pbx.example.com"));
  CHECK(wild("*.Example.COM.", "PBX.example.com."));
  CHECK(wild("pbx.example.com", "pbx.example.com"));
  for (const std::string host : {"example.com", "a.pbx.example.com", ".example.com", "pbxexample.com", "*.example.com", "pbx.example.org"})
    CHECK_FALSE(wild("*.example.com", host));
  for (const std::string name : {"*.com", "*", "*.", "*.*.com", "p*.example.com", "*bx.example.com", "pbx.*.com", "*.example.*"})
    CHECK_FALSE(wild(name, name == "*.com" ? "example.com" : "pbx.example.com"));
  CHECK_FALSE(proves(names_of({.common_names = {"*.example.com"}}), "pbx.example.com", Wildcards::Yes));
  CHECK_FALSE(proves(names_of({.alternatives = {{AltName::Uri, "sip:*.example.com"}}}), "pbx.example.com", Wildcards::Yes));
  const auto of_sip = names_of({.alternatives = {{AltName::Uri, "sip:example.com"}, {AltName::Dns, "*.example.com"}}});
  CHECK_FALSE(proves(of_sip, "pbx.example.com", Wildcards::Yes));
  CHECK_FALSE(proves(names_of({.alternatives = {{AltName::Dns, "*.0.2.1"}}}), "192.0.2.1", Wildcards::Yes));
}

TEST_CASE("The common name counts only in a certificate without alternative names [RFC 5922 section 7.1]") {
  CHECK(proves(names_of({.common_names = {"example.com"}}), "example.com"));
  CHECK_FALSE(proves(names_of({.alternatives = {{AltName::Dns, "other.example.com"}}, .common_names = {"example.com"}}), "example.com"));
  CHECK_FALSE(proves(names_of({.alternatives = {{AltName::Email, "a@example.com"}}, .common_names = {"example.com"}}), "example.com"));
  CHECK_FALSE(proves(names_of({.common_names = {"a.example.com", "example.com"}}), "example.com"));
  CHECK_FALSE(proves(names_of({.common_names = {"*.example.com"}}), "a.example.com"));
}

TEST_CASE("A certificate with a NUL in any name is not valid for any host") {
  const std::string evil("example.com\0.evil.example.net", 29);
  CHECK_FALSE(proves(names_of({.alternatives = {{AltName::Dns, evil}}}), "example.com"));
  CHECK_FALSE(proves(names_of({.alternatives = {{AltName::Dns, evil}, {AltName::Dns, "example.com"}}}), "example.com"));
  CHECK_FALSE(proves(names_of({.alternatives = {{AltName::Uri, "sip:" + evil}}}), "example.com"));
  CHECK_FALSE(proves(names_of({.common_names = {evil}}), "example.com"));
}

TEST_CASE("A certificate with an address proves only this address, and no name [RFC 5280 section 4.2.1.6]") {
  const auto names = names_of({.alternatives = {{AltName::Address, "192.0.2.1"}, {AltName::Address, "2001:db8::1"}},
                               .common_names = {"example.com"}});
  CHECK(proves(names, "192.0.2.1"));
  CHECK(proves(names, "2001:db8:0::1"));
  CHECK_FALSE(proves(names, "192.0.2.2"));
  CHECK_FALSE(proves(names, "example.com"));
  CHECK_FALSE(proves(names_of({.alternatives = {{AltName::Dns, "192.0.2.1"}}}), "192.0.2.1"));
  CHECK_FALSE(proves(names_of({.common_names = {"192.0.2.1"}}), "192.0.2.1"));
}

TEST_CASE("read_certificate_names reads CertificateNames::kMax names, and refuses one more") {
  CertificateWish wish;
  wish.alternatives.assign(CertificateNames::kMax, {AltName::Dns, "example.com"});
  CHECK(proves(names_of(wish), "example.com"));
  wish.alternatives.push_back({AltName::Dns, "example.com"});
  const std::string der = services::der_of(services::make_certificate(wish).certificate_pem);
  CHECK_FALSE(read_certificate_names({reinterpret_cast<const std::uint8_t*>(der.data()), der.size()}));
}

TEST_CASE("read_certificate_names refuses octets that are not a certificate") {
  const std::string text = "no certificate";
  CHECK_FALSE(read_certificate_names({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  CHECK_FALSE(read_certificate_names({}));
}
