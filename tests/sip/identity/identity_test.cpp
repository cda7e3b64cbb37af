#include <offhook/sip/identity/caller_check.hpp>
#include <offhook/sip/identity/identity_header.hpp>
#include <offhook/sip/model/events.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace offhook::sip;

namespace {

/// The private key of RFC 8225 appendix A.1. It is public, so it protects nothing.
constexpr std::string_view kPrivate =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi7q2TZvN9VDFg8Vy\n"
    "qCP06bETrR2v8MRvr89rn4i+UAahRANCAAQWfaj1HUETpoNCrOtp9KA8o0V79IuW\n"
    "ARKt9C1cFPkyd3FBP4SeiNZxQhDrD0tdBHls3/wFe8++K2FrPyQF9vuh\n"
    "-----END PRIVATE KEY-----\n";
/// The public key of kPrivate. It differs from the public key in appendix A.2.
constexpr std::string_view kPublic =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFn2o9R1BE6aDQqzrafSgPKNFe/SL\n"
    "lgESrfQtXBT5MndxQT+EnojWcUIQ6w9LXQR5bN/8BXvPvithaz8kBfb7oQ==\n"
    "-----END PUBLIC KEY-----\n";
/// A certificate of the same key.
constexpr std::string_view kCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBgzCCASmgAwIBAgIUHPEKr2nS9q6CjyzW9N+DtK7sRiEwCgYIKoZIzj0EAwIw\n"
    "FjEUMBIGA1UEAwwLU0hBS0VOIHRlc3QwIBcNMjYxMTIxMTgwOTMzWhgPMjEyNjEw\n"
    "MjgxODA5MzNaMBYxFDASBgNVBAMMC1NIQUtFTiB0ZXN0MFkwEwYHKoZIzj0CAQYI\n"
    "KoZIzj0DAQcDQgAEFn2o9R1BE6aDQqzrafSgPKNFe/SLlgESrfQtXBT5MndxQT+E\n"
    "nojWcUIQ6w9LXQR5bN/8BXvPvithaz8kBfb7oaNTMFEwHQYDVR0OBBYEFMQqrRBh\n"
    "lAPHTci+RQSvvVMFYd1FMB8GA1UdIwQYMBaAFMQqrRBhlAPHTci+RQSvvVMFYd1F\n"
    "MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgZrrZMCXMrSzScN7o\n"
    "RWodqDanyc+mNeNazQdCdDfOwdACIQCC8vbA32E98geHUkFPUudL7j+H5YoQ4x+u\n"
    "hp37lzEIag==\n"
    "-----END CERTIFICATE-----\n";
constexpr std::string_view kOtherCurve =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAECy+Xl9sIv9zZe9lXIlPLHKAxinUE5lHj\n"
    "e3cghgZmTx5DrmpAtEThM4AEXdDojPgU4kTmYyiI12yNuGCnBc6iVgnkBuMdNZ6i\n"
    "j66w0BW8RsFfkavLAQtxco2YS/GQVrYD\n"
    "-----END PUBLIC KEY-----\n";

Passport example() {  // RFC 8225 appendix A
  Passport passport;
  passport.x5u = "https://cert.example.org/passport.cer";
  passport.iat = 1471375418;
  passport.orig_tn = "12155551212";
  passport.dest_uri = {"sip:alice@example.com"};
  return passport;
}

Passport shaken() {
  Passport passport;
  passport.x5u = "https://cert.example/shaken.pem";
  passport.ppt = "shaken";
  passport.iat = 1000000;
  passport.orig_tn = "12155551212";
  passport.dest_tn = {"12355551212"};
  passport.attest = "A";
  passport.origid = "123e4567-e89b-12d3-a456-426655440000";
  return passport;
}

SigningKey key() { return *SigningKey::from_pem(kPrivate); }

struct Checking {
  IncomingCall call;
  IdentityCheck check;
  std::string asked;

  Checking() {
    call.from.uri = "sip:+1-215-555-1212@carrier.example;user=phone";
    call.to.uri = "sip:12355551212@phone.example";
    check.now = 1000000;
    check.certificate = [this](std::string_view x5u) {
      asked = std::string(x5u);
      return std::string(kCertificate);
    };
  }
  CallerIdentity verify(const std::string& value) {
    call.headers = {{"X", "y"}, {"Identity", value}};
    return verify_caller(call, check);
  }
  CallerIdentity verify(const Passport& passport) { return verify(*identity_value(passport, key())); }
};

/// Returns a token of both texts in base64url, with an invalid signature.
std::string token(std::string_view header, std::string_view payload) {
  const auto encoded = [](std::string_view text) {
    constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    unsigned bits = 0, held = 0;
    for (const char c : text) {
      held = held << 8 | static_cast<unsigned char>(c);
      for (bits += 8; bits >= 6; bits -= 6) out.push_back(kDigits[held >> (bits - 6) & 63]);
    }
    if (bits > 0) out.push_back(kDigits[held << (6 - bits) & 63]);
    return out;
  };
  return encoded(header) + "." + encoded(payload) + ".AAAA";
}
constexpr std::string_view kHead = R"({"alg":"ES256","typ":"passport","x5u":"https://c"})";
constexpr std::string_view kBody = R"({"dest":{"tn":["1"]},"iat":1,"orig":{"tn":"2"}})";

}  // namespace

TEST_CASE("signing_input returns exactly the octets that the RFC prints for its example [RFC 8225 section 9]") {
  CHECK(signing_input(example()) ==
        "eyJhbGciOiJFUzI1NiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9jZXJ0LmV4YW1wbGUub3JnL3Bhc3Nwb3J0LmNlciJ9."
        "eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sImlhdCI6MTQ3MTM3NTQxOCwib3JpZyI6eyJ0biI6IjEyMTU1NTUxMjEyIn19");
}

TEST_CASE("the signature that the RFC prints does not match the RFC's text and keys. A signature of sign() matches [RFC 8225 section 6]") {
  const auto verifying = VerifyingKey::from_pem(kPublic);
  REQUIRE(verifying);
  const std::string printed = signing_input(example()) + ".VLBCIVDCaeK6M4hLJb6SHQvacAQVvoiiEOWQ_iUkqk79UD81fHQ0E1b3_GluIkba7UWYRM47ZbNFdOJquE35cw";
  CHECK_FALSE(is_signed_by(printed, *verifying));  // openssl dgst gives the same result, with either key of the appendix.
  const std::string ours = sign(example(), key());
  CHECK(is_signed_by(ours, *verifying));
  CHECK(is_signed_by(ours, *VerifyingKey::from_pem(kCertificate)));
  CHECK(parse_passport(ours).value() == example());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    std::string bent = ours;
    bent[i] = bent[i] == 'A' ? 'B' : 'A';
    if (i + 1 < ours.size()) CHECK_FALSE(is_signed_by(bent, *verifying));  // The last character's low bits are padding, so its change may have no effect.
  }
}

TEST_CASE("a PASSporT uses the URL-safe base64 alphabet without padding. parse_passport refuses the other alphabet and padding [RFC 4648 section 5]") {
  auto passport = example();
  std::string seen;
  for (const std::string before : {"", "a", "ab"}) {
    for (const std::string after : {"", "c", "cd"}) {
      passport.dest_uri = {"sip:" + before + "\x3F\x3F\x3F>>>~~~" + after + "@example.com"};
      const std::string input = signing_input(passport);
      CHECK(input.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos);
      seen += input;
      const std::string whole = input + ".AAAA";
      const auto read = parse_passport(whole);
      REQUIRE(read);
      CHECK(*read == passport);
      for (const auto& [ours, others] : {std::pair{'-', '+'}, {'_', '/'}}) {
        std::string standard = whole;
        std::replace(standard.begin(), standard.end(), ours, others);
        if (standard != whole) CHECK(parse_passport(standard) == offhook::base::fail(IdentityError::BadToken));
      }
      CHECK(parse_passport(input + "=.AAAA") == offhook::base::fail(IdentityError::BadToken));
    }
  }
  for (const char digit : {'-', '_'}) CHECK(seen.find(digit) != std::string::npos);
}

TEST_CASE("a SHAKEN token that sign() writes reads back equal [RFC 8588 section 4]") {
  const auto read = parse_passport(sign(shaken(), key()));
  REQUIRE(read);
  CHECK(*read == shaken());
  auto other = shaken();
  other.attest = "D";
  CHECK(parse_passport(sign(other, key())) == offhook::base::fail(IdentityError::Unsupported));
  other = shaken();
  other.ppt = "rph";
  CHECK(parse_passport(sign(other, key())) == offhook::base::fail(IdentityError::Unsupported));
}

TEST_CASE_FIXTURE(Checking, "verify_caller accepts a call with a signed number, and returns the attestation [RFC 8224 section 6.2]") {
  const auto good = verify(shaken());
  CHECK(good.verstat == CallerIdentity::Verstat::Passed);
  CHECK(to_string(good.verstat) == "TN-Validation-Passed");
  CHECK_FALSE(good.error);
  CHECK(good.attest == "A");
  CHECK(good.origid == shaken().origid);
  CHECK(asked == "https://cert.example/shaken.pem");
  call.headers = {};
  const auto none = verify_caller(call, check);
  CHECK(none.verstat == CallerIdentity::Verstat::NoValidation);
  CHECK(none.error == IdentityError::Absent);
}

TEST_CASE_FIXTURE(Checking, "verify_caller refuses a token for another caller, callee or time [RFC 8224 section 6.2]") {
  const auto fault = [&](const Passport& passport) {
    const auto found = verify(passport);
    CHECK(found.verstat == CallerIdentity::Verstat::Failed);
    CHECK(found.attest.empty());
    return found.error;
  };
  auto other = shaken();
  SUBCASE("the token is for another caller") {
    other.orig_tn = "12155551213";
    CHECK(fault(other) == IdentityError::Mismatch);
    call.asserted = Party{"tel:+12155551213", ""};
    CHECK(verify(other).verstat == CallerIdentity::Verstat::Passed);
  }
  SUBCASE("the token is for another callee") {
    other.dest_tn = {"1", "2"};
    CHECK(fault(other) == IdentityError::Mismatch);
    other.dest_tn = {"1", "12355551212"};
    CHECK(verify(other).verstat == CallerIdentity::Verstat::Passed);
  }
  SUBCASE("the token is for another time") {
    for (const int age : {-61, 61}) {
      other.iat = check.now + age;
      CHECK(fault(other) == IdentityError::Stale);
    }
    for (const int age : {-60, 60}) {
      other.iat = check.now + age;
      CHECK(verify(other).verstat == CallerIdentity::Verstat::Passed);
    }
  }
  CHECK(status_of(IdentityError::Stale) == 403);
  CHECK(status_of(IdentityError::Mismatch) == 438);
}

TEST_CASE_FIXTURE(Checking, "verify_caller refuses a token if its certificate is not available, malformed, or of another key [RFC 8224 section 6.2.2]") {
  const std::string value = *identity_value(shaken(), key());
  using Found = offhook::base::Result<std::string, IdentityError>;
  const auto with = [&](const Found& pem) {
    check.certificate = [pem](std::string_view) { return pem; };
    return verify(value).error;
  };
  CHECK(with(offhook::base::fail(IdentityError::NoCertificate)) == IdentityError::NoCertificate);
  CHECK(with("no PEM") == IdentityError::BadCertificate);
  CHECK(with(std::string(kOtherCurve)) == IdentityError::BadCertificate);
  // The public key that the appendix prints does not belong to kPrivate.
  CHECK(with("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8HNbQd/TmvCKwPKHkMF9fScavGeH\n"
             "78YTU8qLS8I5HLHSSmlATLcslQMhNC/OhlWBYC626nIlo7XeebYS7Sb37g==\n-----END PUBLIC KEY-----\n") == IdentityError::BadSignature);
  CHECK(with(std::string(kPublic)) == std::nullopt);
  check.certificate = nullptr;
  CHECK(verify(value).error == IdentityError::NoCertificate);
}

TEST_CASE_FIXTURE(Checking, "verify_caller accepts a call if one of its first kMaxIdentities Identity header fields is good") {
  const std::string good = *identity_value(shaken(), key());
  const auto behind = [&](std::size_t bad) {
    HeaderList fields(bad, {"Identity", "x;info=<https://c>"});
    fields.emplace_back("y", good);
    call.headers = HeaderFields(fields);
    return verify_caller(call, check).verstat;
  };
  CHECK(behind(3) == CallerIdentity::Verstat::Passed);
  CHECK(behind(4) == CallerIdentity::Verstat::Failed);
}

TEST_CASE("parse_identity reads an Identity header field of at most kMaxIdentityBytes, and refuses malformed ones [RFC 8224 section 4]") {
  const auto header = parse_identity(" a.b-_.c ; info = <https://c/x;y=1> ;alg=ES256;ppt=\"shaken\";new=\"1;2\"");
  REQUIRE(header);
  CHECK(header->token == "a.b-_.c");
  CHECK(header->info == "https://c/x;y=1");
  CHECK(header->alg == "ES256");
  CHECK(header->ppt == "shaken");
  for (const char* bad : {"", ";", "a.b.c", "a.b.c;", "a.b.c;info", "a.b.c;info=", "a.b.c;info=<", "a.b.c;info=<>", "a.b.c;alg=ES256",
                          ";info=<https://c>", "a b;info=<https://c>", "a.b.c;info=<https://c>;info=<https://d>", "a.b.c;info=<https://c>x",
                          "a.b.c;info=<https://c>;ppt=\"shaken", "a.b.c,info=<https://c>"}) {
    CAPTURE(bad);
    CHECK(parse_identity(std::string(bad)).has_value() == false);
  }
  const std::string rest = ";info=<https://c>";
  CHECK(parse_identity(std::string(kMaxIdentityBytes - rest.size(), 'a') + rest));
  CHECK_FALSE(parse_identity(std::string(kMaxIdentityBytes - rest.size() + 1, 'a') + rest));
}

TEST_CASE("parse_passport refuses a token that is cut off, altered or too deep [RFC 8225 section 6]") {
  const std::string whole = sign(shaken(), key());
  for (std::size_t size = 0; size < whole.find_last_of('.'); ++size) CHECK_FALSE(parse_passport(whole.substr(0, size)));
  CHECK(parse_passport(token(kHead, kBody)));
  CHECK(parse_passport(".." + whole.substr(whole.find_last_of('.') + 1)) == offhook::base::fail(IdentityError::Unsupported));
  for (const char* head : {"", "{}", R"({"alg":"ES256","typ":"jwt","x5u":"u"})", R"({"alg":"ES256","alg":"ES256","typ":"passport","x5u":"u"})",
                           R"({"alg":"ES256","typ":"passport"})", R"({"alg":"ES256","typ":"passport","x5u":"u"}x)"})
    CHECK(parse_passport(token(head, kBody)) == offhook::base::fail(IdentityError::BadToken));
  CHECK(parse_passport(token(R"({"alg":"none","typ":"passport","x5u":"u"})", kBody)) == offhook::base::fail(IdentityError::Unsupported));
  for (const char* body : {R"({"dest":{"tn":["1"]},"iat":"1","orig":{"tn":"2"}})", R"({"dest":{"tn":["1"]},"iat":1.5,"orig":{"tn":"2"}})",
                           R"({"dest":{"tn":["1"]},"iat":1e3,"orig":{"tn":"2"}})", R"({"dest":{},"iat":1,"orig":{"tn":"2"}})",
                           R"({"dest":{"tn":["1"]},"iat":1,"orig":{}})", R"({"dest":{"tn":["1"]},"iat":1,"orig":{"tn":"2","uri":"3"}})",
                           R"({"dest":{"tn":["1"]},"iat":99999999999999999999,"orig":{"tn":"2"}})", R"({"dest":{"tn":["1"]},"iat":1,"orig":{"tn":"2"}},)",
                           R"({"dest":{"tn":["1"]},"iat":1,"orig":{"tn":"\ud800"}})", R"({"dest":{"tn":["1"],"tn":["3"]},"iat":1,"orig":{"tn":"2"}})"})
    CHECK(parse_passport(token(kHead, body)) == offhook::base::fail(IdentityError::BadToken));
  const auto deep = [](std::size_t depth) {
    return R"({"dest":{"tn":["1"]},"iat":1,"orig":{"tn":"2"},"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK(parse_passport(token(kHead, deep(kMaxJsonDepth))));
  CHECK_FALSE(parse_passport(token(kHead, deep(kMaxJsonDepth + 1))));
  const auto with_dest = [](std::size_t count) {
    std::string list = "\"1\"";
    for (std::size_t i = 1; i < count; ++i) list += ",\"1\"";
    return R"({"dest":{"tn":[)" + list + R"(]},"iat":1,"orig":{"tn":"2"}})";
  };
  CHECK(parse_passport(token(kHead, with_dest(kMaxPassportIdentities))));
  CHECK_FALSE(parse_passport(token(kHead, with_dest(kMaxPassportIdentities + 1))));
}

TEST_CASE("canonical_number returns only the digits of a telephone number, in any spelling [RFC 8224 section 8.3]") {
  CHECK(canonical_number("sip:+1-(215)-555.1212;ext=1@h;user=phone") == "12155551212");
  CHECK(canonical_number("tel:+1-215-555-1212;phone-context=x") == "12155551212");
  CHECK(canonical_number("sip:alice@h") == "");
  CHECK(canonical_number("sip:h") == "");
  CHECK(canonical_number("") == "");
}

TEST_CASE("identity_value refuses values that an Identity header field cannot contain") {
  auto odd = shaken();
  odd.x5u = "https://c>;x=<";
  CHECK(identity_value(odd, key()) == offhook::base::fail(IdentityError::BadHeader));
  CHECK_FALSE(SigningKey::from_pem("no PEM"));
  CHECK_FALSE(SigningKey::from_pem(kPublic));
  const auto value = identity_value(shaken(), key());
  REQUIRE(value);
  CHECK(value->ends_with(";info=<https://cert.example/shaken.pem>;alg=ES256;ppt=\"shaken\""));
}
