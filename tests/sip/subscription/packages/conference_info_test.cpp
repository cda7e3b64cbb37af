#include <offhook/sip/subscription/packages/conference_info.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sip::packages;
using Change = ConferenceInfo::Change;

namespace {

std::string conference_info_document(const std::string& inside, const std::string& attributes = "version=\"1\" state=\"full\" entity=\"sips:c@b\"") {
  return "<?xml version=\"1.0\"?><conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" " + attributes + ">" + inside +
         "</conference-info>";
}

std::string users(const std::string& inside, const std::string& state = "partial") {
  return "<users state=\"" + state + "\">" + inside + "</users>";
}

ConferenceInfo read_conference_info(const std::string& text) {
  const auto info = parse_conference_info(text);
  REQUIRE(info);
  return *info;
}

ConferenceInfo partial_conference_info(int version, const std::string& inside) {
  return read_conference_info(conference_info_document(inside, "version=\"" + std::to_string(version) + "\" state=\"partial\" entity=\"sips:c@b\""));
}

const std::string kBob =
    "<user entity=\"sip:bob@b\" state=\"full\"><display-text>Bob</display-text><roles><entry>participant</entry></roles>"
    "<endpoint entity=\"sip:bob@pc33\"><display-text>Laptop</display-text><status>connected</status>"
    "<joining-method>dialed-out</joining-method><media id=\"1\"><type>audio</type><label>34</label><src-id>432</src-id>"
    "<status>sendrecv</status></media></endpoint></user>";

}  // namespace

TEST_CASE("parse_conference_info reads a conference with its users, their endpoints and media [RFC 4575 section 5]") {
  const auto info = read_conference_info(conference_info_document(
      "<conference-description><subject>Agenda</subject><display-text>Sync</display-text></conference-description>"
      "<conference-state><user-count>33</user-count><active>true</active><locked>0</locked></conference-state>" +
      users(kBob, "full")));
  CHECK(info.entity == "sips:c@b");
  CHECK(info.subject == "Agenda");
  CHECK(info.display == "Sync");
  CHECK(info.user_count == 33U);
  CHECK(info.active == true);
  CHECK(info.locked == false);
  REQUIRE(info.users.size() == 1);
  CHECK(info.users[0].roles == std::vector<std::string>{"participant"});
  REQUIRE(info.users[0].endpoints.size() == 1);
  const auto& endpoint = info.users[0].endpoints[0];
  CHECK(endpoint.status == "connected");
  CHECK(endpoint.joining_method == "dialed-out");
  REQUIRE(endpoint.media.size() == 1);
  CHECK(endpoint.media[0] == ConferenceInfo::Media{"1", "audio", "34", "432", "sendrecv"});
  const auto again = read_conference_info(write_conference_info(info));
  CHECK(again.users == info.users);
  CHECK(again.subject == info.subject);
  CHECK(again.locked == info.locked);
  CHECK(again.version == 1);
}

TEST_CASE("parse_conference_info refuses a wrong document and returns the reason") {
  const auto error = [](const std::string& text) { return parse_conference_info(text).error(); };
  CHECK(error("<conference-info/>") == PackageError::WrongDocument);
  CHECK(error(conference_info_document("", "state=\"full\" entity=\"a\"")) == PackageError::MissingValue);
  CHECK(error(conference_info_document("", "version=\"1\"")) == PackageError::MissingValue);
  CHECK(error(conference_info_document("", "version=\"1\" state=\"odd\" entity=\"a\"")) == PackageError::BadValue);
  CHECK(error(conference_info_document("<conference-state><active>perhaps</active></conference-state>")) == PackageError::BadValue);
  CHECK(error(conference_info_document(users("<user/>"))) == PackageError::MissingValue);
  CHECK(error(conference_info_document(users("<user entity=\"a\" state=\"odd\"/>"))) == PackageError::BadValue);
  std::string many;
  for (std::size_t i = 0; i < kMaxRows; ++i) many += "<user entity=\"a\"/>";
  CHECK(parse_conference_info(conference_info_document(users(many))));
  CHECK(error(conference_info_document(users(many + "<user entity=\"a\"/>"))) == PackageError::TooMany);
}

TEST_CASE("A partial document changes only the elements that it contains [RFC 4575 sections 4.4 and 4.6]") {
  ConferenceTable table;
  CHECK(table.apply(partial_conference_info(0, "")) == Applied::Gap);  // The table is still empty.
  CHECK(table.apply(read_conference_info(conference_info_document(
            "<conference-description><subject>S</subject></conference-description>" + users(kBob, "full")))) ==
        Applied::Taken);
  CHECK(table.apply(partial_conference_info(2, "<conference-state><user-count>2</user-count></conference-state>" +
                                               users("<user entity=\"sip:al@b\"><display-text>Al</display-text></user>"))) ==
        Applied::Taken);
  CHECK(table.users().size() == 2);
  CHECK(table.conference().subject == "S");
  CHECK(table.conference().user_count == 2U);
  const std::string held = "<user entity=\"sip:bob@b\" state=\"partial\"><endpoint entity=\"sip:bob@pc33\" state=\"partial\">"
                           "<status>on-hold</status></endpoint></user>";
  CHECK(table.apply(partial_conference_info(3, users(held))) == Applied::Taken);
  const auto& bob = table.users().at("sip:bob@b");
  CHECK(bob.display == "Bob");
  CHECK(bob.endpoints[0].status == "on-hold");
  CHECK(bob.endpoints[0].display == "Laptop");
  CHECK(bob.endpoints[0].media.size() == 1);
  const std::string gone = "<user entity=\"sip:bob@b\" state=\"partial\"><endpoint entity=\"sip:bob@pc33\" state=\"deleted\"/></user>";
  CHECK(table.apply(partial_conference_info(4, users(gone + "<user entity=\"sip:al@b\" state=\"deleted\"/>"))) == Applied::Taken);
  CHECK(table.users().at("sip:bob@b").endpoints.empty());
  CHECK(table.users().size() == 1);
}

TEST_CASE("After a missed version, a partial document changes nothing, and the table reports that it needs a refresh [RFC 4575 sections 4.3 and 4.6]") {
  ConferenceTable table;
  CHECK(table.apply(read_conference_info(conference_info_document(users(kBob, "full")))) == Applied::Taken);
  CHECK(table.apply(partial_conference_info(3, users("<user entity=\"sip:al@b\"/>"))) == Applied::Gap);
  CHECK(table.users().size() == 1);
  CHECK(table.apply(read_conference_info(conference_info_document("", "version=\"1\" state=\"full\" entity=\"sips:c@b\""))) == Applied::Stale);
  CHECK(table.apply(partial_conference_info(2, users("<user entity=\"sip:al@b\"/>", "full"))) == Applied::Taken);  // This list of users is complete.
  CHECK(table.users().size() == 1);
  CHECK(table.apply(read_conference_info(conference_info_document("", "state=\"deleted\" entity=\"sips:c@b\""))) == Applied::Taken);
  CHECK(table.has_ended());
  CHECK(table.users().empty());
}

TEST_CASE("ConferenceTable holds kMaxRows users, and refuses one more") {
  const auto many = [](std::size_t from, std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i) text += "<user entity=\"" + std::to_string(from + i) + "\"/>";
    return text;
  };
  ConferenceTable table;
  CHECK(table.apply(read_conference_info(conference_info_document(users(many(0, kMaxRows), "full")))) == Applied::Taken);
  CHECK(table.apply(partial_conference_info(2, users(many(kMaxRows, 1)))) == Applied::Full);
  CHECK(table.users().size() == kMaxRows);
}
