#include <offhook/sip/identity/passport.hpp>

#include <offhook/base/base64.hpp>
#include <offhook/sip/identity/identity_header.hpp>
#include <offhook/sip/identity/json_reader.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace offhook::inline v0::sip {
namespace {

/// Encodes as in RFC 4648 section 5, without padding: RFC 7515 section 2.
std::string to_base64url(std::string_view text) {
  std::string out;
  base::append_base64(out, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  while (out.ends_with('=')) out.pop_back();
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.empty() || text.size() > kMaxIdentityBytes || text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  std::string out(base::base64_decoded_size(standard), '\0');
  if (!base::decode_base64(standard, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()})) return std::nullopt;
  return out;
}

void add_string(std::string& json, std::string_view text) {
  json.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') json.push_back('\\');
    json.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);  // No caller's name has control characters.
  }
  json.push_back('"');
}

void add_member(std::string& json, std::string_view key, std::string_view value) {
  json.append(json.ends_with('{') ? "\"" : ",\"").append(key).append("\":");
  add_string(json, value);
}

void add_list(std::string& json, std::string_view key, const std::vector<std::string>& values) {
  if (values.empty()) return;
  json.append(json.ends_with('{') ? "\"" : ",\"").append(key).append("\":[");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != 0) json.push_back(',');
    add_string(json, values[i]);
  }
  json.push_back(']');
}

/// Returns the header as JSON: keys in lexicographic order, without white space. RFC 8225 section 9.
std::string header_json(const Passport& passport) {
  std::string json = "{";
  add_member(json, "alg", "ES256");
  if (!passport.ppt.empty()) add_member(json, "ppt", passport.ppt);
  add_member(json, "typ", "passport");
  add_member(json, "x5u", passport.x5u);
  return json + "}";
}

std::string payload_json(const Passport& passport) {
  std::string json = "{";
  if (!passport.attest.empty()) add_member(json, "attest", passport.attest);
  json.append(json.ends_with('{') ? "\"dest\":{" : ",\"dest\":{");
  add_list(json, "tn", passport.dest_tn);
  add_list(json, "uri", passport.dest_uri);
  json += "},\"iat\":" + std::to_string(passport.iat) + ",\"orig\":{";
  add_member(json, passport.orig_tn.empty() ? "uri" : "tn", passport.orig_tn.empty() ? passport.orig_uri : passport.orig_tn);
  json += "}";
  if (!passport.origid.empty()) add_member(json, "origid", passport.origid);
  return json + "}";
}

struct Parts {
  std::string_view header, payload, signature, signed_text;
};

std::optional<Parts> take_apart(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1), token.substr(0, second)};
}

/// Reads the members of a PASSporT. Refuses repeated members.
class Reader {
 public:
  explicit Reader(Passport& into) : into_(into) {}

  bool read_header(std::string_view text) {
    detail::JsonReader json(text);
    return json.object([&](const std::string& key) {
             if (key == "alg") return once(alg_, json.string());
             if (key == "typ") return once(typ_, json.string());
             if (key == "x5u") return once(x5u_, json.string());
             if (key == "ppt") return once(ppt_, json.string());
             return json.skip(kMaxJsonDepth);
           }) &&
           json.at_end() && typ_ == "passport" && alg_ && x5u_;
  }
  bool read_payload(std::string_view text) {
    detail::JsonReader json(text);
    return json.object([&](const std::string& key) {
             if (key == "iat") return once(iat_, json.number());
             if (key == "attest") return once(attest_, json.string());
             if (key == "origid") return once(origid_, json.string());
             if (key == "orig") return !std::exchange(orig_, true) && read_orig(json);
             if (key == "dest") return !std::exchange(dest_, true) && read_dest(json);
             return json.skip(kMaxJsonDepth);
           }) &&
           json.at_end() && iat_ && (into_.orig_tn.empty() != into_.orig_uri.empty()) &&
           (!into_.dest_tn.empty() || !into_.dest_uri.empty());
  }
  bool is_supported() {
    into_.x5u = std::move(*x5u_);
    into_.ppt = ppt_.value_or("");
    into_.iat = *iat_;
    into_.attest = attest_.value_or("");
    into_.origid = origid_.value_or("");
    if (*alg_ != "ES256" || (!into_.ppt.empty() && into_.ppt != "shaken")) return false;
    return into_.ppt.empty() || into_.attest == "A" || into_.attest == "B" || into_.attest == "C";  // RFC 8588 section 4
  }

 private:
  template <class T>
  static bool once(std::optional<T>& into, std::optional<T> value) {
    if (into || !value) return false;
    into = std::move(value);
    return true;
  }
  bool read_orig(detail::JsonReader& json) {
    return json.object([&](const std::string& key) {
      std::string* const into = key == "tn" ? &into_.orig_tn : key == "uri" ? &into_.orig_uri : nullptr;
      if (into == nullptr) return json.skip(kMaxJsonDepth - 1);
      auto value = json.string();
      if (!value || value->empty() || !into->empty()) return false;
      *into = std::move(*value);
      return true;
    });
  }
  bool read_dest(detail::JsonReader& json) {
    return json.object([&](const std::string& key) {
      std::vector<std::string>* const into = key == "tn" ? &into_.dest_tn : key == "uri" ? &into_.dest_uri : nullptr;
      if (into == nullptr) return json.skip(kMaxJsonDepth - 1);
      return into->empty() && json.array([&] {
        auto value = json.string();
        if (!value || into_.dest_tn.size() + into_.dest_uri.size() == kMaxPassportIdentities) return false;
        into->push_back(std::move(*value));
        return true;
      });
    });
  }

  Passport& into_;
  std::optional<std::string> alg_, typ_, x5u_, ppt_, attest_, origid_;
  std::optional<std::int64_t> iat_;
  bool orig_ = false, dest_ = false;
};

}  // namespace

std::string signing_input(const Passport& passport) {
  return to_base64url(header_json(passport)) + "." + to_base64url(payload_json(passport));
}

std::string sign(const Passport& passport, const SigningKey& key) {
  const std::string text = signing_input(passport);
  const auto signature = key.sign(text);
  if (!signature) return {};
  return text + "." + to_base64url({reinterpret_cast<const char*>(signature->data()), signature->size()});
}

base::Result<Passport, IdentityError> parse_passport(std::string_view token) {
  if (token.size() > kMaxIdentityBytes) return base::fail(IdentityError::BadToken);
  const auto parts = take_apart(token);
  if (!parts) return base::fail(IdentityError::BadToken);
  if (parts->header.empty() && parts->payload.empty()) return base::fail(IdentityError::Unsupported);  // RFC 8225 section 7
  const auto header = from_base64url(parts->header), payload = from_base64url(parts->payload);
  if (!header || !payload) return base::fail(IdentityError::BadToken);
  Passport passport;
  Reader reader(passport);
  if (!reader.read_header(*header) || !reader.read_payload(*payload)) return base::fail(IdentityError::BadToken);
  if (!reader.is_supported()) return base::fail(IdentityError::Unsupported);
  return passport;
}

bool is_signed_by(std::string_view token, const VerifyingKey& key) {
  const auto parts = take_apart(token);
  const auto octets = parts ? from_base64url(parts->signature) : std::nullopt;
  Es256Signature signature{};
  if (!octets || octets->size() != signature.size()) return false;
  std::copy(octets->begin(), octets->end(), signature.begin());
  return key.verifies(parts->signed_text, signature);
}

}  // namespace offhook::inline v0::sip
