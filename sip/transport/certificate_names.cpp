#include <offhook/sip/transport/certificate_names.hpp>

#include <offhook/base/text.hpp>

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace offhook::inline v0::sip::detail {

namespace {

struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::optional<base::IpAddress> address_of(const ASN1_OCTET_STRING* octets) {
  const std::string text = text_of(octets);
  std::array<std::uint8_t, 16> all{};
  std::copy_n(text.begin(), std::min(text.size(), all.size()), all.begin());
  if (text.size() == 16) return base::IpAddress::v6(all);
  if (text.size() == 4) return base::IpAddress::v4({all[0], all[1], all[2], all[3]});
  return std::nullopt;
}

void take_alternative(const GENERAL_NAME* name, CertificateNames& into) {
  if (name->type == GEN_URI) into.uris.push_back(text_of(name->d.uniformResourceIdentifier));
  if (name->type == GEN_DNS) into.dns.push_back(text_of(name->d.dNSName));
  if (name->type != GEN_IPADD) return;
  if (const auto address = address_of(name->d.iPAddress)) into.addresses.push_back(*address);
}

/// Reads the list of alternative names. Returns false if the list is malformed, or if there are several lists.
bool read_alternatives(const X509* certificate, CertificateNames& into) {
  int found = 0;  // -1: there is no list. -2: there are several lists.
  const std::unique_ptr<GENERAL_NAMES, Free> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, &found, nullptr)));
  if (!names) return found == -1;
  into.has_alternative_names = true;
  const int count = sk_GENERAL_NAME_num(names.get());
  if (count < 0 || static_cast<std::size_t>(count) > CertificateNames::kMax) return false;
  for (int i = 0; i < count; ++i) take_alternative(sk_GENERAL_NAME_value(names.get(), i), into);
  return true;
}

void read_common_names(const X509* certificate, CertificateNames& into) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  for (int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); at >= 0 && into.common_names.size() < CertificateNames::kMax;
       at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) {
    into.common_names.push_back(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
  }
}

std::string_view without_root(std::string_view name) { return name.ends_with('.') ? name.substr(0, name.size() - 1) : name; }

/// Returns true for letters, digits, hyphens and underscores between dots: no wildcard, no NUL, no address.
bool is_host_name(std::string_view name) {
  name = without_root(name);
  if (name.empty() || name.size() > 253 || base::IpAddress::parse(name)) return false;
  if (name.front() == '.' || name.back() == '.' || name.find("..") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  });
}

bool same_name(std::string_view a, std::string_view b) {
  return is_host_name(a) && base::iequals(without_root(a), without_root(b));
}

/// Returns true for "*.example.com" and "pbx.example.com". The wildcard covers one whole label, and never a whole top-level
/// domain.
bool is_covered(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*.")) return false;
  const auto domain = without_root(pattern.substr(2));
  const auto dot = host.find('.');
  return domain.find('.') != std::string_view::npos && dot != std::string_view::npos && same_name(domain, host.substr(dot + 1));
}

/// Returns true if a name contains a NUL. The NUL hides the rest of the name from code that uses C strings, and so indicates an
/// attack.
bool hides_something(const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [](const std::string& name) { return name.find('\0') != std::string::npos; });
}

/// Returns "example.com" for "sip:example.com:5061;transport=tls". Returns nullopt for another scheme, or a URI with a user part.
std::optional<std::string_view> domain_of(std::string_view uri) {
  if (uri.size() < 4 || !base::iequals(uri.substr(0, 4), "sip:") || uri.find('@') != std::string_view::npos) return std::nullopt;
  uri.remove_prefix(4);
  return uri.substr(0, std::min(uri.find_first_of(":;?/"), uri.size()));
}

}  // namespace

std::optional<CertificateNames> read_certificate_names(base::Bytes der) {
  const unsigned char* at = der.data();
  const std::unique_ptr<X509, Free> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  CertificateNames names;
  if (!certificate || !read_alternatives(certificate.get(), names)) return std::nullopt;
  read_common_names(certificate.get(), names);
  return names;
}

bool proves(const CertificateNames& names, std::string_view host, Wildcards wildcards) {
  if (hides_something(names.uris) || hides_something(names.dns) || hides_something(names.common_names)) return false;
  if (const auto address = base::IpAddress::parse(host))
    return std::find(names.addresses.begin(), names.addresses.end(), *address) != names.addresses.end();
  if (!is_host_name(host)) return false;

  bool has_sip_uri = false;
  for (const std::string& uri : names.uris) {
    const auto domain = domain_of(uri);
    if (!domain) continue;
    has_sip_uri = true;
    if (same_name(*domain, host)) return true;
  }
  if (has_sip_uri) return false;
  if (names.has_alternative_names) {
    return std::any_of(names.dns.begin(), names.dns.end(), [&](const std::string& name) {
      return same_name(name, host) || (wildcards == Wildcards::Yes && is_covered(name, host));
    });
  }
  return names.common_names.size() == 1 && same_name(names.common_names.front(), host);
}

}  // namespace offhook::inline v0::sip::detail
