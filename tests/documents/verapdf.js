// Run by the Rhino shell inside the jar: arguments are the flavour and PDF files; a line for each finding and each file.
var Provider = Packages.org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
var Foundries = Packages.org.verapdf.pdfa.Foundries;
var Flavour = Packages.org.verapdf.pdfa.flavours.PDFAFlavour;
Provider.initialise();
var foundry = Foundries.defaultInstance();
var flavour = Flavour.fromString(arguments[0]);
for (var i = 1; i < arguments.length; i++) {
  var parser = foundry.createParser(new java.io.FileInputStream(arguments[i]), flavour);
  var result = foundry.createValidator(flavour, false).validate(parser);
  for (var found = result.getTestAssertions().iterator(); found.hasNext();) {
    var assertion = found.next();
    if (String(assertion.getStatus()) != "passed") {
      var rule = assertion.getRuleId();
      print("FOUND\t" + arguments[i] + "\t" + rule.getClause() + "-" + rule.getTestNumber() + " " + assertion.getLocation().getContext());
    }
  }
  print((result.isCompliant() ? "PASS" : "FAIL") + "\t" + arguments[i]);
  parser.close();
}
