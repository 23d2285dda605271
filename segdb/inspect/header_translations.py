"""Header translations: words of shops in other languages, as English. Data, no statistics.

German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian and Polish, without
accents. Words that English has as well stand for themselves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

# English = as it is called elsewhere.
_CALLED: Mapping[str, str] = {
    # Who.
    "customer": (
        "kunde kunden kundin cliente clienti clientes klant klanten kund kunder klient klienta"
    ),
    "household": "haushalt foyer hogar huishouden hushall",
    "member": "mitglied mitglieds membre adherent socio lid medlem czlonek",
    "user": "benutzer nutzer utilisateur usuario utente utilizador gebruiker anvandare bruger",
    "account": "konto compte cuenta conta",
    "buyer": "kaufer kaeufer acheteur comprador acquirente koper",
    # The deal.
    "order": (
        "bestellung bestell bestellungs auftrag auftrags commande commandes pedido pedidos ordine "
        "ordini encomenda bestelling bestel ordre zamowienie zamowienia"
    ),
    "invoice": "rechnung rechnungs facture factura fattura fatura factuur faktura faktury",
    "receipt": "bon kassenbon beleg quittung scontrino recibo kassabon kvitto kvittering paragon",
    "purchase": "kauf einkauf einkaufs achat compra compras acquisto aankoop kop kob",
    "sale": "verkauf verkaufs vente ventes venta ventas vendita vendite venda vendas verkoop salg",
    "payment": "zahlung zahlungs paiement pagamento betaling betalings betalning platnosci",
    "basket": "warenkorb panier carrito carrello winkelmand",
    "transaction": "transaktion transaktions transaccion transazione transacao transactie",
    # When.
    "date": "datum data fecha dato",
    "time": "zeit uhrzeit zeitpunkt heure hora ora tijd tid",
    "timestamp": "zeitstempel horodatage",
    # How much.
    "amount": "betrag montant importe monto importo montante bedrag belopp belob belop kwota",
    "value": "wert warenwert valeur valor valore waarde varde vaerdi wartosc",
    "revenue": "umsatz ingresos ricavo ricavi receita omzet omsattning omsaetning omsetning",
    "sum": "summe somme suma somma",
    "total": "gesamt totale",
    "net": "netto ht",
    "gross": "brutto brut bruto lordo ttc",
    "price": "preis prix precio prezzo preco prijs pris cena",
    "unit": "einzel unitaire unitario unitaria",
    "unit price": "stuckpreis stueckpreis stuksprijs",
    "piece": "stuk",
    "per": "pro por",
    "pieces": "stuck stueck",
    "quantity": (
        "menge anzahl stuckzahl stueckzahl quantite cantidad quantita quantidade aantal "
        "hoeveelheid antal antall ilosc"
    ),
    "currency": "wahrung waehrung devise moneda valuta moeda waluta munt ccy curr",
    "category": (
        "kategorie categorie categoria kategori kategoria warengruppe artikelgruppe produktgruppe "
        "sparte famille productgroep"
    ),
    "department": "abteilung rayon departamento reparto afdeling",
    # What names a thing.
    "number": "nummer numero num numer",
    "code": "codigo codice kod",
    "id": "kennung identifiant identificador identificativo",
    "key": "schlussel schluessel cle clave chiave",
    "product": "produkt produit producto prodotto produto",
    "article": "artikel articulo articolo artigo",
    # What stands for none of these.
    "delivery": "liefer lieferung lieferungs livraison entrega consegna levering leverans dostawy",
    "shipping": "versand envio expedition spedizione verzending frakt wysylki",
    "due": "fallig faellig fallige echeance vencimiento scadenza vencimento verval",
    "birth": "geburt geburts naissance nacimiento nascita nascimento geboorte fodelse urodzenia",
    "tax": "steuer impuesto imposta imposto belasting skatt podatek",
    "vat": "mwst ust tva iva btw moms",
    "discount": "rabatt remise descuento sconto desconto korting rabat",
    "return": "rucksendung ruecksendung retoure retour devolucion reso devolucao",
    "line": "zeile zeilen ligne linea riga linha regel",
    "type": "typ tipo",
    "status": (
        "estado stato statut stan etat zustand situacao situacion esito tilstand tillstand toestand"
    ),
    "city": "stadt ort ville ciudad citta cidade stad miasto",
    "zip": "plz postleitzahl postnummer",
    "phone": "telefon telephone telefono telefone telefoon",
}
_ENGLISH = {word: english for english, words in _CALLED.items() for word in words.split()}
# Parts of a compound that may stand behind another: Kunden-nummer, order-datum.
_PARTS = _ENGLISH | {english: english for english in _CALLED if " " not in english}
_PARTS |= {"nr": "number", "no": "number"}
_BETWEEN = {
    "de",
    "du",
    "des",
    "del",
    "della",
    "di",
    "da",
    "do",
    "dos",
    "la",
    "le",
    "el",
    "il",
    "los",
    "der",
    "den",
    "van",
    "par",
}


def english(name: str) -> str:
    """Return the lower-case words of a name in English, as far as they are known.

    Articles and the like between them are left out: ``date de commande`` is ``date order``.
    """
    known = [_translated(_plain(word)) for word in name.split()]
    if all(before == after for before, after in zip(name.split(), known, strict=True)):
        return name
    return " ".join(word for word in known if word not in _BETWEEN)


def _translated(word: str) -> str:
    if word in _ENGLISH:
        return _ENGLISH[word]
    if word in _CALLED:
        return word
    for cut in range(3, len(word) - 1):
        first, second = word[:cut], word[cut:]
        if second in _PARTS:
            first = first if first in _PARTS else first.removesuffix("s")
            if first in _PARTS and (first in _ENGLISH or second in _ENGLISH):
                return f"{_PARTS[first]} {_PARTS[second]}"
    return word


def _plain(word: str) -> str:
    """Return a word without accents."""
    decomposed = unicodedata.normalize("NFKD", word.replace("ø", "o").replace("ł", "l"))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))
