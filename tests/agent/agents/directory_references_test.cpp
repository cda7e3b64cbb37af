#include "building.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>

using namespace building;

TEST_CASE("A value may be a reference to a variable or to a file") {
  const auto built = build(R"({"sip": {"password": "${file:secret}", "display_name": "${NAME}"}, "agent": {"provider": "openai"},
                              "providers": {"openai": {"api_key": "${MY_KEY}"}}})",
                           {{"MY_KEY", "k1"}, {"NAME", "Desk"}}, {{"etc/secret", "s3cret\r\n"}});
  CHECK(built.problems().empty());
  CHECK(built.effective.config.sip.display_name == "Desk");
  CHECK(std::get<agent::RealtimeWay>(built.profile().sessions.front()).provider->api_key.reveal() == "k1");
  const auto other = config::read_text(R"({"sip": {"extension": "1", "password": "${file:/run/secret}", "host": "h"}})", "my.json",
                                       {std::nullopt, {}, {}, files_of({{"/run/secret", "one\ntwo\n"}})});
  CHECK(offhook::agent::to_string(other.problems.at(0)).starts_with("/sip/password: found a line break or another control character;"));
}

TEST_CASE("A reference to a missing variable or file is a problem. A reference to a secret file that other users may read gives a warning") {
  const auto told = [](const char* value, Texts files = {}) {
    return build(R"({"sip": {"auth_user": ")" + std::string(value) + R"("}})", {{"EMPTY", ""}}, std::move(files)).problems();
  };
  CHECK(told("${NOWHERE}") == "/sip/auth_user: found a reference to a variable that is not set; allowed: a variable that is set; set NOWHERE\n");
  CHECK(told("${EMPTY}").find("not set") != std::string::npos);
  CHECK(told("${file:x}").starts_with("/sip/auth_user: found a reference to a file that cannot be read (it is not there);"));
  CHECK(told("${file:}").starts_with("/sip/auth_user: found an unknown kind of reference; allowed: ${NAME}, ${file:PATH} or ${credential:NAME};"));
  CHECK(told("${a b}").starts_with("/sip/auth_user: found an unknown kind of reference;"));
  CHECK(told("a ${NAME}").empty());  // Only a whole value can be a reference.
  CHECK(told("${file:x}", {{"etc/x", std::string(config::kMaxReferencedBytes, 'x')}}).find("longer text") != std::string::npos);
  CHECK(told("${file:x}", {{"etc/x", std::string(config::kMaxReferencedBytes + 1, 'x')}}).find("it is too large") != std::string::npos);
  const auto open = build(R"({"agent": {"provider": "openai"}, "providers": {"openai": {"api_key": "${file:open}"}}})", {}, {{"etc/open", "k\n"}});
  CHECK(open.problems().empty());
  CHECK(open.warnings() == "/providers/openai/api_key: the file that it refers to may be read by other users: chmod 600\n");
}

TEST_CASE("A value may be a reference to a systemd credential of the service") {
  const Texts given{{"CREDENTIALS_DIRECTORY", "/run/credentials/offhook.service"}};
  const auto told = [](const char* value, Texts variables) {
    return build(R"({"sip": {"auth_user": ")" + std::string(value) + R"("}})", std::move(variables), {{"/run/credentials/offhook.service/user", "anna\n"}}).problems();
  };
  CHECK(told("${credential:user}", given).empty());
  CHECK(told("${credential:user}", {}) == "/sip/auth_user: found a reference to a credential, and there is no CREDENTIALS_DIRECTORY; allowed: a service to "
                                          "which systemd gives this directory; set LoadCredential=user:PATH in its unit, as docs/run/service.md describes\n");
  CHECK(told("${credential:other}", given).find("set LoadCredential=other:PATH in the unit") != std::string::npos);
  for (const char* bad : {"${credential:}", "${credential:../user}", "${credential:.user}", "${credential:a/b}"})
    CHECK(told(bad, given).starts_with("/sip/auth_user: found an unknown kind of reference;"));
  // systemd grants access to a credential by an ACL, whose mask appears in the file's mode. The mode does not show that other users may read it.
  const auto keyed = build(R"({"agent": {"provider": "openai"}, "providers": {"openai": {"api_key": "${credential:open}"}}})", given,
                           {{"/run/credentials/offhook.service/open", "k\n"}});
  CHECK(keyed.problems().empty());
  CHECK(keyed.warnings().empty());
  CHECK(std::get<agent::RealtimeWay>(keyed.profile().sessions.front()).provider->api_key.reveal() == "k");
}
