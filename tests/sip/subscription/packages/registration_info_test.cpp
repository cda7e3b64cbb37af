#include <offhook/sip/subscription/packages/registration_info.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sip::packages;

namespace {

std::string reginfo_document(const std::string& inside, const std::string& attributes = "version=\"0\" state=\"full\"") {
  return "<?xml version=\"1.0\"?><reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" " + attributes + ">" + inside + "</reginfo>";
}

RegistrationInfo::Contact contact(const std::string& id, RegistrationInfo::State state) {
  RegistrationInfo::Contact made{id, state};
  made.uri = "sip:" + id + "@192.0.2.1";
  return made;
}

RegistrationInfo registration_info(std::uint32_t version, bool whole, std::vector<RegistrationInfo::Contact> contacts,
                                   RegistrationInfo::State state = RegistrationInfo::State::Active) {
  return {version, whole, {{"sip:joe@example.com", "a7", state, std::move(contacts)}}};
}

}  // namespace

TEST_CASE("parse_registration_info reads registrations and their contacts [RFC 3680 section 5.1]") {
  const auto read = parse_registration_info(reginfo_document(
      "<registration aor=\"sip:joe@example.com\" id=\"a7\" state=\"active\"><contact id=\"76\" state=\"active\" event=\"registered\" "
      "duration-registered=\"7322\" expires=\"60\" q=\"0.8\"><uri>sip:joe@pc887.example.com</uri>"
      "<display-name>Joe</display-name><unknown-param name=\"x\">y</unknown-param></contact>"
      "<contact id=\"77\" state=\"terminated\" event=\"probation\" retry-after=\"9\"><uri>sip:joe@university.edu</uri></contact>"
      "</registration><registration aor=\"sip:o@example.com\" id=\"b\" state=\"init\"/>"));
  REQUIRE(read);
  REQUIRE(read->registrations.size() == 2);
  const auto& joe = read->registrations[0];
  CHECK(joe.aor == "sip:joe@example.com");
  REQUIRE(joe.contacts.size() == 2);
  CHECK(joe.contacts[0].uri == "sip:joe@pc887.example.com");
  CHECK(joe.contacts[0].display == "Joe");
  CHECK(joe.contacts[0].expires == 60U);
  CHECK(joe.contacts[0].duration == 7322U);
  CHECK(joe.contacts[1].state == RegistrationInfo::State::Terminated);
  CHECK(joe.contacts[1].retry_after == 9U);
  CHECK(read->registrations[1].state == RegistrationInfo::State::Init);
}

TEST_CASE("A document that is written reads back equal [RFC 3680 section 5.1]") {
  auto one = contact("1", RegistrationInfo::State::Active);
  one.event = "registered";
  one.expires = 60;
  one.display = "J & <Co>";
  const auto read = parse_registration_info(write_registration_info(registration_info(5, false, {one})));
  REQUIRE(read);
  CHECK(read->version == 5);
  CHECK_FALSE(read->whole);
  CHECK(read->registrations.at(0).contacts.at(0) == one);
}

TEST_CASE("parse_registration_info refuses a wrong document and returns the reason") {
  const auto error = [](const std::string& text) { return parse_registration_info(text).error(); };
  CHECK(error("<reginfo/>") == PackageError::WrongDocument);
  CHECK(error(reginfo_document("", "state=\"full\"")) == PackageError::MissingValue);
  CHECK(error(reginfo_document("", "version=\"x\" state=\"full\"")) == PackageError::BadValue);
  CHECK(error(reginfo_document("<registration id=\"1\" state=\"init\"/>")) == PackageError::MissingValue);
  CHECK(error(reginfo_document("<registration aor=\"a\" id=\"1\" state=\"odd\"/>")) == PackageError::BadValue);
  const std::string open = "<registration aor=\"a\" id=\"1\" state=\"active\">", close = "</registration>";
  CHECK(error(reginfo_document(open + "<contact id=\"1\" state=\"active\"/>" + close)) == PackageError::MissingValue);
  CHECK(error(reginfo_document(open + "<contact id=\"1\" state=\"init\"><uri>a</uri></contact>" + close)) == PackageError::BadValue);
  const std::string odd = "<contact id=\"1\" state=\"active\" expires=\"1e9\"><uri>a</uri></contact>";
  CHECK(error(reginfo_document(open + odd + close)) == PackageError::BadValue);
  std::string many;
  for (std::size_t i = 0; i < kMaxRows; ++i) many += "<contact id=\"1\" state=\"active\"><uri>a</uri></contact>";
  CHECK(parse_registration_info(reginfo_document(open + many + close)));
  many += "<contact id=\"1\" state=\"active\"><uri>a</uri></contact>";
  CHECK(error(reginfo_document(open + many + close)) == PackageError::TooMany);
}

TEST_CASE("RegistrationTable checks the versions of documents, and removes contacts that have ended [RFC 3680 section 5.2]") {
  RegistrationTable table;
  CHECK(table.apply(registration_info(0, true, {contact("1", RegistrationInfo::State::Active), contact("2", RegistrationInfo::State::Active)})) ==
        Applied::Taken);
  CHECK(table.registrations().at("a7").contacts.size() == 2);
  CHECK(table.apply(registration_info(1, false, {contact("1", RegistrationInfo::State::Terminated)})) == Applied::Taken);
  CHECK(table.registrations().at("a7").contacts.size() == 1);
  CHECK(table.apply(registration_info(0, true, {})) == Applied::Stale);
  CHECK(table.apply(registration_info(3, false, {contact("4", RegistrationInfo::State::Active)})) == Applied::Gap);
  CHECK(table.registrations().at("a7").contacts.size() == 2);
  CHECK(table.apply(registration_info(4, false, {}, RegistrationInfo::State::Terminated)) == Applied::Taken);
  CHECK(table.registrations().at("a7").contacts.empty());
  CHECK(table.apply({9, true, {}}) == Applied::Taken);
  CHECK(table.registrations().empty());
}
