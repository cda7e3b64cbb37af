#include <offhook/agent/config/kept_data.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

namespace {

bool may_name_kept_data(const char* where) { return config::may_name_kept_data({where, "", "", ""}); }

}  // namespace

TEST_CASE("A problem of a folder of records, transcripts or recordings, or of a name that may be one, concerns kept data") {
  for (const char* where : {"/records/folder", "/transcripts/folder", "/recordings/folder", "/recordings", "/record/folder", "records", "offhook.json:3:7"}) {
    CAPTURE(where);
    CHECK(may_name_kept_data(where));
  }
  CHECK(may_name_kept_data("OFFHOOK_RECORD_FOLDER"));  // A misspelt variable of Offhook.
}

TEST_CASE("A problem of another section, of a key, of a proxy or of a secret's variable concerns no kept data") {
  for (const char* where : {"/sip/password", "/providers/a/api_key", "/recordings/key", "http_proxy", "https_proxy", "no_proxy", "SIP_PASSWORD",
                            "OPENAI_API_KEY", "MY_SECRET"}) {
    CAPTURE(where);
    CHECK_FALSE(may_name_kept_data(where));
  }
}
