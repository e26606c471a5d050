"""The table behind `ctgov_fields`: the record's fields as the registry nests and names them."""

TREE = """
protocolSection
 identificationModule
  nctId NCTId
  nctIdAliases[] NCTIdAlias
  orgStudyIdInfo
   id OrgStudyId
   type OrgStudyIdType
   link OrgStudyIdLink
  secondaryIdInfos[] SecondaryIdInfo
   id SecondaryId
   type SecondaryIdType
   domain SecondaryIdDomain
   link SecondaryIdLink
  organization
   fullName OrgFullName
   class OrgClass
  briefTitle
  officialTitle
  acronym
 statusModule
  statusVerifiedDate
  overallStatus
  lastKnownStatus
  delayedPosting
  whyStopped
  expandedAccessInfo
   hasExpandedAccess
   nctId ExpandedAccessNCTId
   statusForNctId ExpandedAccessStatusForNCTId
  startDateStruct
   date StartDate
   type StartDateType
  primaryCompletionDateStruct
   date PrimaryCompletionDate
   type PrimaryCompletionDateType
  completionDateStruct
   date CompletionDate
   type CompletionDateType
  studyFirstSubmitDate
  studyFirstSubmitQcDate StudyFirstSubmitQCDate
  studyFirstPostDateStruct
   date StudyFirstPostDate
   type StudyFirstPostDateType
  resultsWaived
  resultsFirstSubmitDate
  resultsFirstSubmitQcDate ResultsFirstSubmitQCDate
  resultsFirstPostDateStruct
   date ResultsFirstPostDate
   type ResultsFirstPostDateType
  dispFirstSubmitDate
  dispFirstSubmitQcDate DispFirstSubmitQCDate
  dispFirstPostDateStruct
   date DispFirstPostDate
   type DispFirstPostDateType
  lastUpdateSubmitDate
  lastUpdatePostDateStruct
   date LastUpdatePostDate
   type LastUpdatePostDateType
 sponsorCollaboratorsModule
  responsibleParty
   type ResponsiblePartyType
   investigatorFullName ResponsiblePartyInvestigatorFullName
   investigatorTitle ResponsiblePartyInvestigatorTitle
   investigatorAffiliation ResponsiblePartyInvestigatorAffiliation
   oldNameTitle ResponsiblePartyOldNameTitle
   oldOrganization ResponsiblePartyOldOrganization
  leadSponsor
   name LeadSponsorName
   class LeadSponsorClass
  collaborators[] Collaborator
   name CollaboratorName
   class CollaboratorClass
 oversightModule
  oversightHasDmc OversightHasDMC
  isFdaRegulatedDrug IsFDARegulatedDrug
  isFdaRegulatedDevice IsFDARegulatedDevice
  isUnapprovedDevice
  isPpsd IsPPSD
  isUsExport IsUSExport
  fdaaa801Violation FDAAA801Violation
 descriptionModule
  briefSummary
  detailedDescription
 conditionsModule
  conditions[] Condition
  keywords[] Keyword
 designModule
  studyType
  nPtrsToThisExpAccNctId NPtrsToThisExpAccNCTId
  expandedAccessTypes
   individual ExpAccTypeIndividual
   intermediate ExpAccTypeIntermediate
   treatment ExpAccTypeTreatment
  patientRegistry
  targetDuration
  phases[] Phase
  designInfo
   allocation DesignAllocation
   interventionModel DesignInterventionModel
   interventionModelDescription DesignInterventionModelDescription
   primaryPurpose DesignPrimaryPurpose
   observationalModel DesignObservationalModel
   timePerspective DesignTimePerspective
   maskingInfo DesignMaskingInfo
    masking DesignMasking
    maskingDescription DesignMaskingDescription
    whoMasked[] DesignWhoMasked
  bioSpec
   retention BioSpecRetention
   description BioSpecDescription
  enrollmentInfo
   count EnrollmentCount
   type EnrollmentType
 armsInterventionsModule
  armGroups[] ArmGroup
   label ArmGroupLabel
   type ArmGroupType
   description ArmGroupDescription
   interventionNames[] ArmGroupInterventionName
  interventions[] Intervention
   type InterventionType
   name InterventionName
   description InterventionDescription
   armGroupLabels[] InterventionArmGroupLabel
   otherNames[] InterventionOtherName
 outcomesModule
  primaryOutcomes[] PrimaryOutcome
   measure PrimaryOutcomeMeasure
   description PrimaryOutcomeDescription
   timeFrame PrimaryOutcomeTimeFrame
  secondaryOutcomes[] SecondaryOutcome
   measure SecondaryOutcomeMeasure
   description SecondaryOutcomeDescription
   timeFrame SecondaryOutcomeTimeFrame
  otherOutcomes[] OtherOutcome
   measure OtherOutcomeMeasure
   description OtherOutcomeDescription
   timeFrame OtherOutcomeTimeFrame
 eligibilityModule
  eligibilityCriteria
  healthyVolunteers
  sex
  genderBased
  genderDescription
  minimumAge
  maximumAge
  stdAges[] StdAge
  studyPopulation
  samplingMethod
 contactsLocationsModule
  centralContacts[] CentralContact
   name CentralContactName
   role CentralContactRole
   phone CentralContactPhone
   phoneExt CentralContactPhoneExt
   email CentralContactEMail
  overallOfficials[] OverallOfficial
   name OverallOfficialName
   affiliation OverallOfficialAffiliation
   role OverallOfficialRole
  locations[] Location
   facility LocationFacility
   status LocationStatus
   city LocationCity
   state LocationState
   zip LocationZip
   country LocationCountry
   contacts[] LocationContact
    name LocationContactName
    role LocationContactRole
    phone LocationContactPhone
    phoneExt LocationContactPhoneExt
    email LocationContactEMail
   geoPoint LocationGeoPoint
    lat
    lon
 referencesModule
  references[] Reference
   pmid ReferencePMID
   type ReferenceType
   citation ReferenceCitation
   retractions[] Retraction
    pmid RetractionPMID
    source RetractionSource
  seeAlsoLinks[] SeeAlsoLink
   label SeeAlsoLinkLabel
   url SeeAlsoLinkURL
  availIpds[] AvailIPD
   id AvailIPDId
   type AvailIPDType
   url AvailIPDURL
   comment AvailIPDComment
 ipdSharingStatementModule IPDSharingStatementModule
  ipdSharing IPDSharing
  description IPDSharingDescription
  infoTypes[] IPDSharingInfoType
  timeFrame IPDSharingTimeFrame
  accessCriteria IPDSharingAccessCriteria
  url IPDSharingURL
resultsSection
 participantFlowModule
  preAssignmentDetails FlowPreAssignmentDetails
  recruitmentDetails FlowRecruitmentDetails
  groups[] FlowGroup
   id FlowGroupId
   title FlowGroupTitle
   description FlowGroupDescription
  periods[] FlowPeriod
   title FlowPeriodTitle
 baselineCharacteristicsModule
  populationDescription BaselinePopulationDescription
  groups[] BaselineGroup
   id BaselineGroupId
   title BaselineGroupTitle
  denoms[] BaselineDenom
  measures[] BaselineMeasure
   title BaselineMeasureTitle
 outcomeMeasuresModule
  outcomeMeasures[] OutcomeMeasure
   type OutcomeMeasureType
   title OutcomeMeasureTitle
   description OutcomeMeasureDescription
   reportingStatus OutcomeMeasureReportingStatus
   timeFrame OutcomeMeasureTimeFrame
 adverseEventsModule
  frequencyThreshold EventsFrequencyThreshold
  timeFrame EventsTimeFrame
  description EventsDescription
  eventGroups[] EventGroup
   id EventGroupId
   title EventGroupTitle
   deathsNumAffected EventGroupDeathsNumAffected
   seriousNumAffected EventGroupSeriousNumAffected
  seriousEvents[] SeriousEvent
   term SeriousEventTerm
   organSystem SeriousEventOrganSystem
  otherEvents[] OtherEvent
   term OtherEventTerm
   organSystem OtherEventOrganSystem
 moreInfoModule
  limitationsAndCaveats
   description LimitationsAndCaveatsDescription
  certainAgreement
   piSponsorEmployee AgreementPISponsorEmployee
   restrictiveAgreement AgreementRestrictiveAgreement
  pointOfContact
   title PointOfContactTitle
   organization PointOfContactOrganization
   email PointOfContactEMail
   phone PointOfContactPhone
annotationSection
 annotationModule
  unpostedAnnotation
   unpostedResponsibleParty
   unpostedEvents[] UnpostedEvent
    type UnpostedEventType
    date UnpostedEventDate
    dateUnknown UnpostedEventDateUnknown
  violationAnnotation
   violationEvents[] ViolationEvent
    type ViolationEventType
    description ViolationEventDescription
    creationDate ViolationEventCreationDate
    issuedDate ViolationEventIssuedDate
    releaseDate ViolationEventReleaseDate
    postedDate ViolationEventPostedDate
documentSection
 largeDocumentModule
  noSap LargeDocNoSAP
  largeDocs[] LargeDoc
   typeAbbrev LargeDocTypeAbbrev
   hasProtocol LargeDocHasProtocol
   hasSap LargeDocHasSAP
   hasIcf LargeDocHasICF
   label LargeDocLabel
   date LargeDocDate
   uploadDate LargeDocUploadDate
   filename LargeDocFilename
   size LargeDocSize
derivedSection
 miscInfoModule
  versionHolder
  removedCountries[] RemovedCountry
  submissionTracking
   estimatedResultsFirstSubmitDate
   submissionInfos[] SubmissionInfo
    releaseDate SubmissionReleaseDate
    unreleaseDate SubmissionUnreleaseDate
    resetDate SubmissionResetDate
    mcpReleaseN SubmissionMCPReleaseN
   firstMcpInfo FirstMCPInfo
    postDateStruct FirstMCPPostDateStruct
     date FirstMCPPostDate
     type FirstMCPPostDateType
  modelPredictions
   bmiLimits BMILimits
    minBmi MinBMI
    maxBmi MaxBMI
 conditionBrowseModule
  meshes[] ConditionMesh
   id ConditionMeshId
   term ConditionMeshTerm
  ancestors[] ConditionAncestor
   id ConditionAncestorId
   term ConditionAncestorTerm
  browseLeaves[] ConditionBrowseLeaf
   id ConditionBrowseLeafId
   name ConditionBrowseLeafName
   asFound ConditionBrowseLeafAsFound
   relevance ConditionBrowseLeafRelevance
  browseBranches[] ConditionBrowseBranch
   abbrev ConditionBrowseBranchAbbrev
   name ConditionBrowseBranchName
 interventionBrowseModule
  meshes[] InterventionMesh
   id InterventionMeshId
   term InterventionMeshTerm
  ancestors[] InterventionAncestor
   id InterventionAncestorId
   term InterventionAncestorTerm
  browseLeaves[] InterventionBrowseLeaf
   id InterventionBrowseLeafId
   name InterventionBrowseLeafName
   asFound InterventionBrowseLeafAsFound
   relevance InterventionBrowseLeafRelevance
  browseBranches[] InterventionBrowseBranch
   abbrev InterventionBrowseBranchAbbrev
   name InterventionBrowseBranchName
hasResults
"""
