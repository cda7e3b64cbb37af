// Signed caller numbers from one telephone to another: STIR (RFC 8224) and SHAKEN (RFC 8588).
#include <offhook/agent/phone/caller_check.hpp>
#include <offhook/agent/phone/call_signer.hpp>
#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/agent/phone/small_file.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>
#include <offhook/tests/sip/identity/certificates.hpp>

#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

using namespace offhook;
using test::Telephone;
using Verstat = sip::CallerIdentity::Verstat;
using Unproven = phone::IdentityOptions::Unproven;

namespace {

const std::string kUrl = "https://cert.example/shaken.pem";

/// A folder with the files of both sides.
struct Files {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("offhook-signed-" + std::to_string(::getpid()));
  Files() {
    std::filesystem::create_directories(folder);
    write("root.pem", std::string(test::kRootCertificate));
    write("chain.pem", std::string(test::kLeafCertificate) + std::string(test::kMiddleCertificate));
    write("key.pem", std::string(test::kSigningKey));
  }
  ~Files() { std::filesystem::remove_all(folder); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
    return path(name);
  }
  std::string path(const std::string& name) const { return (folder / name).string(); }
  phone::IdentityOptions::Verifying verifying() const { return {path("root.pem"), {{kUrl, path("chain.pem")}}}; }
  phone::IdentityOptions::Signing signing(const std::string& attest = "A") const { return {path("key.pem"), kUrl, attest}; }
};

phone::IdentityOptions signs(const phone::IdentityOptions::Signing& with) { return {.signing = with}; }
phone::IdentityOptions verifies(const phone::IdentityOptions::Verifying& with) { return {.verifying = with}; }

template <class Opened>
std::string why_not(const Opened& opened) {
  REQUIRE_FALSE(opened.has_value());
  CHECK(phone::is(opened.error(), phone::PhoneError::Identity));
  return opened.error().detail;
}

bool mentions(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

}  // namespace

TEST_CASE_FIXTURE(Files, "If one telephone signs a call, another telephone verifies the signature and reports the attestation [RFC 8224 sections 6.1 and 6.2]") {
  Telephone caller{"12155551212", {media::AudioCodec::Pcmu}, 1, {}, signs(signing())}, called{"12355551212", {media::AudioCodec::Pcmu}, 1, {}, verifies(verifying())};
  caller.dial("12355551212", called.endpoint->sip_port());
  REQUIRE(called.wait_for<phone::CallConnected>());
  const auto identity = called.last<phone::CallOffered>()->details.identity;
  CHECK(identity.verstat == Verstat::Passed);
  CHECK(identity.attest == "A");
  CHECK(identity.origid.size() == 36);
  CHECK(sip::proves_number(identity));
}

TEST_CASE_FIXTURE(Files, "A call that withholds the caller's identity is not signed. By default, the called side accepts a call without a signature") {
  Telephone caller{"12155551212", {media::AudioCodec::Pcmu}, 1, {}, signs(signing())}, called{"12355551212", {media::AudioCodec::Pcmu}, 1, {}, verifies(verifying())};
  caller.on_thread([&] {
    phone::DialOptions options;
    options.account = caller.account;
    options.target = "sip:12355551212@127.0.0.1:" + std::to_string(called.endpoint->sip_port());
    options.through_registrar = false;
    options.privacy.id = true;
    auto dialled = caller.endpoint->dial(options, caller.port);
    REQUIRE(dialled.has_value());
    caller.call = *dialled;
  });
  REQUIRE(called.wait_for<phone::CallConnected>());
  CHECK(called.last<phone::CallOffered>()->details.identity.error == sip::IdentityError::Absent);
}

TEST_CASE_FIXTURE(Files, "With Unproven::Refused, a call without a signature gets 428, and a call with an invalid signature gets 436 [RFC 8224 section 6.2.2]") {
  auto strict = verifying();
  strict.failed = strict.absent = Unproven::Refused;
  Telephone called{"12355551212", {media::AudioCodec::Pcmu}, 1, {}, verifies(strict)};
  const auto status_for = [&](const phone::IdentityOptions& identity) {
    Telephone caller{"12155551212", {media::AudioCodec::Pcmu}, 1, {}, identity};
    caller.dial("12355551212", called.endpoint->sip_port());
    REQUIRE(caller.wait_for<phone::CallFinished>());
    return caller.last<phone::CallFinished>()->details.status;
  };
  CHECK(status_for({}) == 428);
  auto elsewhere = signing();
  elsewhere.certificate_url = "https://cert.example/other.pem";
  CHECK(status_for(signs(elsewhere)) == 436);
  CHECK(called.last<phone::CallTurnedAway>()->status == 436);
  CHECK(called.last<phone::CallTurnedAway>()->details.identity.error == sip::IdentityError::NoCertificate);
}

TEST_CASE_FIXTURE(Files, "A call from a trusted peer or an authenticated user is accepted even if its signature is missing or invalid") {
  auto strict = verifying();
  strict.failed = strict.absent = Unproven::Refused;
  const auto check = phone::CallerCheck::open(strict);
  REQUIRE(check);
  sip::IncomingCall call;
  for (const auto error : {sip::IdentityError::Absent, sip::IdentityError::Stale}) {
    call = {};
    call.identity.error = error;
    CHECK(check->refusal_of(call) == sip::status_of(error));
    call.proven_user = "anna";
    CHECK_FALSE(check->refusal_of(call));
    call.proven_user.clear();
    call.asserted.emplace();
    CHECK_FALSE(check->refusal_of(call));
  }
  call = {};
  CHECK_FALSE(check->refusal_of(call));
  strict.failed = Unproven::Taken;
  call.identity.error = sip::IdentityError::Stale;
  CHECK_FALSE(phone::CallerCheck::open(strict)->refusal_of(call));
}

TEST_CASE_FIXTURE(Files, "If a file is unusable, the error at the opening of the endpoint names it. A file may have kMaxIdentityFile octets") {
  auto options = verifying();
  options.trust_file = path("absent.pem");
  CHECK(mentions(why_not(phone::CallerCheck::open(options)), "absent.pem cannot be read"));
  options.trust_file = write("noise.pem", "no PEM");
  CHECK(mentions(why_not(phone::CallerCheck::open(options)), "noise.pem: it contains no certificate"));
  options = verifying();
  options.certificates.push_back({kUrl + "2", write("leaf.pem", std::string(test::kLeafCertificate))});
  CHECK(mentions(why_not(phone::CallerCheck::open(options)), "leaf.pem: no chain of certificates connects it"));
  auto signing_options = signing();
  signing_options.key_file = path("root.pem");
  CHECK(mentions(why_not(phone::CallSigner::open(signing_options)), "root.pem holds no key"));
  signing_options = signing();
  signing_options.certificate_url = "https://a b";
  CHECK(mentions(why_not(phone::CallSigner::open(signing_options)), "is not a URL"));
  CHECK(phone::read_small_file(write("full", std::string(phone::kMaxIdentityFile, 'x')))->size() == phone::kMaxIdentityFile);
  CHECK(mentions(why_not(phone::read_small_file(write("over", std::string(phone::kMaxIdentityFile + 1, 'x')))), "larger"));
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  phone::EndpointOptions bad;
  bad.identity.signing = signing_options;
  CHECK(mentions(why_not(phone::Endpoint::open(bad, engine, [](const auto&) {})), "is not a URL"));
}
