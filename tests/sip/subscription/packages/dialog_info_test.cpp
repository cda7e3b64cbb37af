#include <offhook/sip/subscription/packages/dialog_info.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sip::packages;

namespace {

std::string dialog_info_document(const std::string& inside, const std::string& attributes = "version=\"0\" state=\"full\" entity=\"sip:a@b\"") {
  return "<?xml version=\"1.0\"?><dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" " + attributes + ">" + inside +
         "</dialog-info>";
}

std::string nested_elements(std::size_t depth) {  // Returns a document with `depth` levels of elements, the root included.
  std::string text;
  for (std::size_t i = 1; i < depth; ++i) text += "<x>";
  for (std::size_t i = 1; i < depth; ++i) text += "</x>";
  return dialog_info_document(text);
}

DialogInfo::Dialog dialog(const std::string& id, DialogInfo::State state) {
  DialogInfo::Dialog made{id, state};
  return made;
}

DialogInfo dialog_info(std::uint32_t version, bool whole, std::vector<DialogInfo::Dialog> dialogs) {
  return {"sip:a@b", version, whole, std::move(dialogs)};
}

}  // namespace

TEST_CASE("parse_dialog_info reads dialogs with their states and both sides [RFC 4235 section 4.1]") {
  const auto read = parse_dialog_info(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a comment -->"
      "<d:dialog-info xmlns:d=\"urn:ietf:params:xml:ns:dialog-info\" xmlns=\"urn:other\" version=\"17\" state=\"partial\" "
      "entity=\"sip:alice@example.com\"><d:dialog id=\"as7d\" call-id=\"a84b&amp;4c\" local-tag=\"1928\" remote-tag=\"456\" "
      "direction=\"initiator\"><state>foreign</state><d:state event=\"replaced\" code=\"180\"> early </d:state>"
      "<d:duration>145</d:duration><d:local><d:identity display=\"Alice &lt;x&gt;\">sip:alice@example.com</d:identity>"
      "<d:target uri=\"sip:alice@pc33\"><d:param pname=\"x\" pval=\"y\"/></d:target></d:local>"
      "<d:remote><d:identity>sip:bob@example.org</d:identity></d:remote></d:dialog></d:dialog-info>");
  REQUIRE(read);
  CHECK(read->entity == "sip:alice@example.com");
  CHECK(read->version == 17);
  CHECK_FALSE(read->whole);
  REQUIRE(read->dialogs.size() == 1);
  const auto& one = read->dialogs[0];
  CHECK(one.id == "as7d");
  CHECK(one.call_id == "a84b&4c");
  CHECK(one.state == DialogInfo::State::Early);
  CHECK(one.event == "replaced");
  CHECK(one.code == 180U);
  CHECK(one.duration == 145U);
  CHECK(one.direction == DialogInfo::Direction::Initiator);
  CHECK(one.local == DialogInfo::Side{"sip:alice@example.com", "Alice <x>", "sip:alice@pc33"});
  CHECK(one.remote.identity == "sip:bob@example.org");
}

TEST_CASE("A document that write_dialog_info writes reads back equal, even if its texts have special characters [RFC 4235 section 4.1]") {
  auto one = dialog("i<&\">", DialogInfo::State::Confirmed);
  one.call_id = "c&\"'<x>";
  one.remote = {"sip:bob@example.org", "B\"ob & <Co>", "sip:bob@192.0.2.1"};
  one.duration = 7;
  one.code = 200;
  one.event = "replaced";
  one.direction = DialogInfo::Direction::Recipient;
  const auto read = parse_dialog_info(write_dialog_info({"sip:a@b", 4294967295U, false, {one, dialog("2", DialogInfo::State::Trying)}}));
  REQUIRE(read);
  CHECK(read->version == 4294967295U);
  CHECK_FALSE(read->whole);
  REQUIRE(read->dialogs.size() == 2);
  CHECK(read->dialogs[0] == one);
}

TEST_CASE("write_dialog_info leaves out the octets that XML cannot contain [RFC 4235 section 4]") {
  auto one = dialog("1", DialogInfo::State::Confirmed);
  one.remote.display = "a\x01\x1f\tb\x7f\xc3\xa9\xff\xc0\xaf\xed\xa0\x80\xef\xbf\xbe\xf0\x9f\x98\x80\xe2\x82";
  one.remote.identity = "sip:b\xff@c";
  const std::string written = write_dialog_info({"sip:a@b", 0, true, {one}});
  CHECK(written.find('\x01') == std::string::npos);
  CHECK(written.find("&#") == written.rfind("&#"));  // Only the tab becomes a character reference.
  const auto read = parse_dialog_info(written);
  REQUIRE(read);
  CHECK(read->dialogs[0].remote.identity == "sip:b@c");
  CHECK(read->dialogs[0].remote.display == "a\tb\x7f\xc3\xa9\xf0\x9f\x98\x80");
}

TEST_CASE("write_dialog_info writes the version placeholder before all values from the application, so that its first occurrence is the version [RFC 4235 section 4.1]") {
  auto one = dialog("{v}", DialogInfo::State::Confirmed);
  std::string written = write_dialog_info({"sip:{v}@b", 7, true, {one}}, "{v}");
  written.replace(written.find("{v}"), 3, "12");
  const auto read = parse_dialog_info(written);
  REQUIRE(read);
  CHECK(read->version == 12);
  CHECK(read->entity == "sip:{v}@b");
}

TEST_CASE("parse_dialog_info refuses a wrong document and returns the reason") {
  const auto error = [](const std::string& text) { return parse_dialog_info(text).error(); };
  CHECK(error("") == PackageError::Malformed);
  CHECK(error("no xml") == PackageError::Malformed);
  CHECK(error("<dialog-info") == PackageError::Malformed);
  CHECK(error(dialog_info_document("<dialog>")) == PackageError::Malformed);
  CHECK(error(dialog_info_document("</x>")) == PackageError::Malformed);
  CHECK(error("<!DOCTYPE x [<!ENTITY a \"b\">]>" + dialog_info_document("")) == PackageError::Forbidden);
  CHECK(error(dialog_info_document("<!ELEMENT x>")) == PackageError::Forbidden);
  CHECK(error("<dialog-info version=\"0\" state=\"full\" entity=\"a\"/>") == PackageError::WrongDocument);
  CHECK(error("<reginfo xmlns=\"urn:ietf:params:xml:ns:dialog-info\"/>") == PackageError::WrongDocument);
  CHECK(error(dialog_info_document("", "state=\"full\" entity=\"a\"")) == PackageError::MissingValue);
  CHECK(error(dialog_info_document("", "version=\"0\" entity=\"a\"")) == PackageError::MissingValue);
  CHECK(error(dialog_info_document("", "version=\"0\" state=\"full\"")) == PackageError::MissingValue);
  CHECK(error(dialog_info_document("", "version=\"-1\" state=\"full\" entity=\"a\"")) == PackageError::BadValue);
  CHECK(error(dialog_info_document("", "version=\"0\" state=\"half\" entity=\"a\"")) == PackageError::BadValue);
  CHECK(error(dialog_info_document("<dialog><state>early</state></dialog>")) == PackageError::MissingValue);
  CHECK(error(dialog_info_document("<dialog id=\"1\"/>")) == PackageError::MissingValue);
  CHECK(error(dialog_info_document("<dialog id=\"1\"><state>tired</state></dialog>")) == PackageError::BadValue);
  CHECK(error(dialog_info_document("<dialog id=\"1\"><state code=\"x\">early</state></dialog>")) == PackageError::BadValue);
}

TEST_CASE("parse_dialog_info reads kMaxXmlDepth levels of elements, and refuses one more") {
  CHECK(parse_dialog_info(nested_elements(kMaxXmlDepth)));
  CHECK(parse_dialog_info(nested_elements(kMaxXmlDepth + 1)) == base::fail(PackageError::TooDeep));
  std::string text;  // Comments, CDATA and attribute values that look like elements do not count as levels.
  for (int i = 0; i < 100; ++i) text += "<!-- <x> --><![CDATA[<x>]]><x a='<' b=\">\"/><?x <x> ?>";
  CHECK(parse_dialog_info(dialog_info_document(text)));
}

TEST_CASE("parse_dialog_info reads kMaxXmlElements elements and kMaxBodyBytes octets, and refuses one more") {
  const auto elements = [](std::size_t n) {
    std::string text;
    for (std::size_t i = 1; i < n; ++i) text += "<x/>";
    return dialog_info_document(text);
  };
  CHECK(parse_dialog_info(elements(kMaxXmlElements)));
  CHECK(parse_dialog_info(elements(kMaxXmlElements + 1)) == base::fail(PackageError::TooMany));
  std::string most = dialog_info_document("");
  most.insert(most.find('>') + 1, kMaxBodyBytes - most.size(), ' ');
  CHECK(parse_dialog_info(most));
  most.insert(most.find('>') + 1, 1, ' ');
  CHECK(parse_dialog_info(most) == base::fail(PackageError::TooLarge));
}

TEST_CASE("A document can have at most kMaxRows dialogs, and a DialogTable, too") {
  const auto many = [](std::size_t from, std::size_t n) {
    DialogInfo made = dialog_info(0, true, {});
    for (std::size_t i = 0; i < n; ++i) made.dialogs.push_back(dialog(std::to_string(from + i), DialogInfo::State::Early));
    return made;
  };
  const auto text = [](std::size_t n) {
    std::string dialogs;
    for (std::size_t i = 0; i < n; ++i) dialogs += "<dialog id=\"" + std::to_string(i) + "\"><state>early</state></dialog>";
    return dialog_info_document(dialogs);
  };
  CHECK(parse_dialog_info(text(kMaxRows)));
  CHECK(parse_dialog_info(text(kMaxRows + 1)) == base::fail(PackageError::TooMany));
  DialogTable table;
  CHECK(table.apply(many(0, kMaxRows)) == Applied::Taken);
  DialogInfo more = many(kMaxRows, 1);
  more.version = 1;
  more.whole = false;
  CHECK(table.apply(more) == Applied::Full);
  CHECK(table.dialogs().size() == kMaxRows);
}

TEST_CASE("DialogTable applies documents that are not old. A partial document after a missed version also needs a refresh [RFC 4235 section 4.3]") {
  DialogTable table;
  CHECK_FALSE(table.in_use());
  CHECK(table.apply(dialog_info(3, true, {dialog("1", DialogInfo::State::Early), dialog("2", DialogInfo::State::Confirmed)})) == Applied::Taken);
  CHECK(table.dialogs().size() == 2);
  CHECK(table.apply(dialog_info(4, false, {dialog("1", DialogInfo::State::Confirmed), dialog("3", DialogInfo::State::Trying)})) == Applied::Taken);
  CHECK(table.dialogs().at("1").state == DialogInfo::State::Confirmed);
  CHECK(table.dialogs().size() == 3);
  CHECK(table.apply(dialog_info(4, false, {dialog("9", DialogInfo::State::Early)})) == Applied::Stale);
  CHECK(table.apply(dialog_info(3, true, {})) == Applied::Stale);
  CHECK(table.dialogs().size() == 3);
  CHECK(table.apply(dialog_info(4, true, {dialog("1", DialogInfo::State::Confirmed), dialog("3", DialogInfo::State::Early)})) ==
        Applied::Taken);  // A refresh may repeat the version.
  CHECK(table.apply(dialog_info(7, false, {dialog("5", DialogInfo::State::Early)})) == Applied::Gap);  // Applied, but the table needs a refresh.
  CHECK(table.dialogs().contains("5"));
  CHECK(table.apply(dialog_info(9, true, {dialog("1", DialogInfo::State::Terminated)})) == Applied::Taken);
  CHECK_FALSE(table.in_use());
}

TEST_CASE("If the first document is partial, DialogTable reports that it needs a refresh [RFC 4235 section 4.3]") {
  DialogTable table;
  CHECK(table.apply(dialog_info(0, false, {dialog("1", DialogInfo::State::Early)})) == Applied::Gap);
  CHECK(table.in_use());
}
