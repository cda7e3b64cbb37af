#include <offhook/agent/config/kept_data.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

namespace {

bool may_name_kept_data(const char* where) { return config::may_name_kept_data({where, "", "", ""}); }

}  // namespace

TEST_CASE("may_name_kept_data() is true for a problem with a folder of records, transcripts or recordings, or with a name that may mean one") {
  for (const char* where : {"/records/folder", "/transcripts/folder", "/recordings/folder", "/recordings", "/record/folder", "records", "offhook.json:3:7"}) {
    CAPTURE(where);
    CHECK(may_name_kept_data(where));
  }
  CHECK(may_name_kept_data("OFFHOOK_RECORD_FOLDER"));  // The operator may have misspelt OFFHOOK_RECORDS_FOLDER.
}

TEST_CASE("may_name_kept_data() is false for a problem with another section, a key, a proxy or the variable of a secret") {
  for (const char* where : {"/sip/password", "/providers/a/api_key", "/recordings/key", "http_proxy", "https_proxy", "no_proxy", "SIP_PASSWORD",
                            "OPENAI_API_KEY", "MY_SECRET"}) {
    CAPTURE(where);
    CHECK_FALSE(may_name_kept_data(where));
  }
}
